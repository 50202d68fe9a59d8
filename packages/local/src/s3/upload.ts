import { createHash } from "node:crypto"
import { createWriteStream, rmSync } from "node:fs"
import type { IncomingHttpHeaders, IncomingMessage } from "node:http"
import { Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import { crc32 } from "node:zlib"
import { Unchunk } from "./chunked.ts"
import { refuse } from "./error.ts"
import type { Bucket, StoredObject } from "./store.ts"

/** A body on disk that no object names yet. */
export interface Body {
  file: string
  size: number
  md5: Buffer
  crc32: string
  sha256: string
}

const STREAMED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
const SYSTEM_HEADERS = ["content-type", "cache-control", "content-disposition", "content-language", "expires"]
const UNCHECKED = ["crc32c", "crc64nvme", "sha1"].map((each) => `x-amz-checksum-${each}`)

/** Streams a request's body to disk and compares it with every digest and length that was announced. */
export async function receiveBody(request: IncomingMessage, bucket: Bucket): Promise<Body> {
  const { headers } = request
  const payload = String(headers["x-amz-content-sha256"] ?? "")
  if (payload.startsWith("STREAMING-") && payload !== STREAMED)
    refuse("NotImplemented", `${payload} is not supported here`)
  const unsupported = UNCHECKED.find((name) => name in headers || headers["x-amz-trailer"] === name)
  if (unsupported) refuse("NotImplemented", `${unsupported} is not supported here`)

  const file = bucket.newBody()
  const [md5, sha256] = [createHash("md5"), createHash("sha256")]
  let size = 0
  let crc = 0
  const meter = new Transform({
    transform(chunk: Buffer, _, callback) {
      size += chunk.length
      md5.update(chunk)
      sha256.update(chunk)
      crc = crc32(chunk, crc)
      callback(null, chunk)
    },
  })
  const unchunk = payload === STREAMED ? new Unchunk() : undefined
  const output = createWriteStream(bucket.path(file))
  try {
    if (unchunk) await pipeline(request, unchunk, meter, output)
    else await pipeline(request, meter, output)
    const crcBytes = Buffer.alloc(4)
    crcBytes.writeUInt32BE(crc)
    const digest = sha256.digest()
    const body = {
      file,
      size,
      md5: md5.digest(),
      crc32: crcBytes.toString("base64"),
      sha256: digest.toString("base64"),
    }
    compare(body, digest.toString("hex"), headers, unchunk?.trailers ?? {})
    return body
  } catch (error) {
    rmSync(bucket.path(file), { force: true })
    throw error
  }
}

function compare(body: Body, sha256Hex: string, headers: IncomingHttpHeaders, trailers: Record<string, string>) {
  const announced = (name: string) => trailers[name] ?? headers[name]
  const differs = (name: string, actual: string) => announced(name) !== undefined && announced(name) !== actual
  if (differs("x-amz-checksum-crc32", body.crc32)) refuse("BadDigest", "The CRC32 does not match")
  if (differs("x-amz-checksum-sha256", body.sha256)) refuse("BadDigest", "The SHA-256 does not match")
  if (differs("content-md5", body.md5.toString("base64"))) refuse("BadDigest", "The MD5 does not match")
  const payload = String(headers["x-amz-content-sha256"] ?? "")
  if (/^[0-9a-f]{64}$/.test(payload) && payload !== sha256Hex) refuse("BadDigest", "The signed digest does not match")
  if (differs("x-amz-decoded-content-length", String(body.size))) refuse("IncompleteBody")
}

/** What to give back with the object. `aws-chunked` is the encoding of the request, not of the object. */
export function storedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (SYSTEM_HEADERS.includes(name) || name.startsWith("x-amz-meta-")) kept[name] = String(value)
  }
  const encodings = (headers["content-encoding"] ?? "").split(",").map((each) => each.trim())
  const encoding = encodings.filter((each) => each && each !== "aws-chunked").join(",")
  if (encoding) kept["content-encoding"] = encoding
  return kept
}

/** `If-Match` and `If-None-Match` of a write. */
export function checkWrite(current: StoredObject | undefined, headers: IncomingHttpHeaders) {
  const absent = headers["if-none-match"]
  if (absent !== undefined && absent !== "*") refuse("NotImplemented", "If-None-Match of a write takes * only")
  if (absent && current) refuse("PreconditionFailed", "The object exists")
  const match = headers["if-match"]
  if (match === undefined) return
  if (!current) refuse("NoSuchKey")
  if (match.replaceAll('"', "") !== current.etag.replaceAll('"', "")) refuse("PreconditionFailed", "The object changed")
}
