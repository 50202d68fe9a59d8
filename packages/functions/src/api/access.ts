import { createHash, timingSafeEqual } from "node:crypto"
import { Caller } from "@robokit/core/access/caller"
import { config } from "@robokit/core/config"
import type { Context } from "hono"
import { createMiddleware } from "hono/factory"
import { addressOf, WrongKeys } from "./wrong-keys.ts"
import { httpProblem } from "./problem.ts"
import type { Env } from "./resource.ts"

/** Questions that are a POST only because they are long: a search, and what a job with such parameters would take. */
const READING = [
  /^POST \/api\/datasets\/huggingface\/search\/?$/,
  /^POST \/api\/v1\/datasets\/[^/]+\/analyses\/[^/]+\/estimate\/?$/,
]
const READS = ["GET", "HEAD", "OPTIONS"]

/** Whether a request changes something, and so needs the operator's key. What is not known to read, changes. */
export const isMutation = (method: string, path: string) =>
  !READS.includes(method) && !READING.some((each) => each.test(`${method} ${path}`))

const wrongKeys = new WrongKeys()

/**
 * Decides for whom the rest of the request is done. Everybody may search and read; a change needs the operator's key,
 * where one is set. A wrong key is refused with a read, too: who sent it believes to be somebody. Before any body is read.
 *
 * Accounts, scopes and quotas belong here: another way to find out who the caller is.
 */
export const access = createMiddleware<Env>(async (c, next) => {
  const isChange = isMutation(c.req.method, c.req.path)
  const isApi = c.req.path.startsWith("/api/")
  if (isApi) c.header("vary", "Authorization", { append: true })
  const given = isApi || isChange ? bearerOf(c) : undefined
  // Whoever reads without a key needs no setting to be looked at.
  if (given === undefined && !isChange) return Caller.as("anonymous", next)

  const expected = config().OPERATOR_KEY
  if (expected === undefined) return next()
  const address = addressOf(c)
  const wait_s = given === undefined ? 0 : wrongKeys.wait(address)
  if (wait_s > 0) return tooMany(c, wait_s)
  if (given !== undefined && isSame(given, expected)) return Caller.as("operator", next)
  if (given !== undefined) wrongKeys.count(address)
  return keyRequired(c)
})

/** What the caller sent as a key. Other schemes, such as a proxy's Basic, are not meant for us. */
const bearerOf = (c: Context) => /^Bearer +(\S+) *$/i.exec(c.req.header("authorization") ?? "")?.[1]

const digest = (text: string) => createHash("sha256").update(text).digest()

/** In the same time whatever is sent: digests have one length and nobody can choose one. */
const isSame = (given: string, expected: string) => timingSafeEqual(digest(given), digest(expected))

/** The same for no key and a wrong one. */
function keyRequired(c: Context) {
  c.header("www-authenticate", 'Bearer realm="robokit"')
  return httpProblem(
    c,
    401,
    "operator_key_required",
    "The operator's key is needed",
    "Here everybody may search and read. Only who has the operator's key may change something.",
    "Send it as `Authorization: Bearer <key>`.",
  )
}

function tooMany(c: Context, wait_s: number) {
  c.header("retry-after", String(wait_s))
  return httpProblem(
    c,
    429,
    "too_many_wrong_keys",
    "Too many wrong keys",
    "Too many wrong keys came from this address; no key of it is looked at for a while.",
  )
}
