import { createHash, createHmac, timingSafeEqual } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { refuse } from "./error.ts"

const SKEW_MS = 15 * 60_000
const LONGEST_EXPIRY_S = 7 * 86_400

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
}

interface Claim {
  credential: string
  headers: string[]
  signature: string
  date: string
  payload: string
}

const hmac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest()
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`)

/** AWS Signature Version 4, in the header or in a presigned address. Throws what S3 would answer. */
export function verifySignature(
  request: IncomingMessage,
  path: string,
  query: URLSearchParams,
  credentials: Credentials,
  now = Date.now(),
) {
  const presigned = query.has("X-Amz-Signature")
  const claim = presigned ? presignedClaim(request, query, now) : headerClaim(request, now)
  const [accessKeyId, day, region, service] = claim.credential.split("/")
  if (accessKeyId !== credentials.accessKeyId) refuse("InvalidAccessKeyId")
  if (!claim.headers.includes("host")) refuse("AccessDenied", "host must be signed")

  const parameters = [...query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
  const headers = claim.headers.map((name) => `${name}:${headerText(request, name)}\n`).join("")
  const canonical = [
    request.method,
    path.split("/").map(encode).join("/"),
    parameters.join("&"),
    headers,
    claim.headers.join(";"),
    claim.payload,
  ].join("\n")
  const scope = `${day}/${region}/${service}/aws4_request`
  const digest = createHash("sha256").update(canonical).digest("hex")
  const toSign = ["AWS4-HMAC-SHA256", claim.date, scope, digest].join("\n")
  const key = [region, service, "aws4_request"].reduce(
    (chain, part) => hmac(chain, String(part)),
    hmac(`AWS4${credentials.secretAccessKey}`, String(day)),
  )
  const expected = hmac(key, toSign)
  const given = Buffer.from(claim.signature, "hex")
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) refuse("SignatureDoesNotMatch")
}

function presignedClaim(request: IncomingMessage, query: URLSearchParams, now: number): Claim {
  const need = (name: string) => query.get(name) ?? refuse("AccessDenied", `${name} is missing`)
  const date = need("X-Amz-Date")
  const seconds = Number(need("X-Amz-Expires"))
  if (!(seconds >= 1 && seconds <= LONGEST_EXPIRY_S)) refuse("AccessDenied", "X-Amz-Expires is out of range")
  const signedAt = instant(date)
  if (signedAt > now + SKEW_MS) refuse("AccessDenied", "Request is not valid yet")
  if (now > signedAt + seconds * 1000) refuse("AccessDenied", "Request has expired")
  const headers = need("X-Amz-SignedHeaders").split(";")
  const digest = "x-amz-content-sha256"
  return {
    credential: need("X-Amz-Credential"),
    headers,
    signature: need("X-Amz-Signature"),
    date,
    payload: headers.includes(digest)
      ? headerText(request, digest)
      : (query.get("X-Amz-Content-Sha256") ?? "UNSIGNED-PAYLOAD"),
  }
}

function headerClaim(request: IncomingMessage, now: number): Claim {
  const given = request.headers.authorization ?? refuse("AccessDenied", "Anonymous access is denied")
  const found =
    /^AWS4-HMAC-SHA256 Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/.exec(given) ??
    refuse("AccessDenied", "Authorization is not AWS4-HMAC-SHA256")
  const date = headerText(request, "x-amz-date")
  if (Math.abs(now - instant(date)) > SKEW_MS) refuse("RequestTimeTooSkewed")
  return {
    credential: found[1]!,
    headers: found[2]!.split(";"),
    signature: found[3]!,
    date,
    payload: headerText(request, "x-amz-content-sha256"),
  }
}

const headerText = (request: IncomingMessage, name: string) =>
  String(request.headers[name] ?? "")
    .trim()
    .replace(/ +/g, " ")

/** `20261124T180000Z` in milliseconds. */
function instant(date: string): number {
  const ms = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"))
  return Number.isNaN(ms) ? refuse("AccessDenied", "X-Amz-Date is not a date") : ms
}
