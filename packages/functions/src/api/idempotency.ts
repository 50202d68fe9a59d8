import { createHash } from "node:crypto"
import { Idempotency } from "@robokit/core/access/idempotency"
import type { Context } from "hono"
import { createMiddleware } from "hono/factory"
import type { ContentfulStatusCode } from "hono/utils/http-status"
import { isMutation } from "./access.ts"
import type { Env } from "./resource.ts"
import { refuse } from "./validation.ts"

/** Bare, as most clients send it, or quoted, as the draft has it. */
const KEY = /^"?([\x21\x23-\x7e](?:[\x20\x21\x23-\x7e]{0,253}[\x21\x23-\x7e])?)"?$/

/** What of an answer is worth repeating; the rest is made anew for each request. */
const KEPT = ["content-type", "location", "retry-after", "cache-control"]

/** Too many for now, and too much for now. */
const LATER = new Set([429, 402])

interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

/** Thrown through `once`, which stores nothing then. */
class NotKept extends Error {}

/**
 * Every POST may be sent twice with one `Idempotency-Key` and is carried out once. IETF draft, reliability A9. One that only
 * asks is answered anew: its answer is not for who may see less, and not for a day.
 */
export const idempotency = createMiddleware<Env>(async (c, next) => {
  const header = c.req.header("idempotency-key")
  if (c.req.method !== "POST" || header === undefined || !isMutation(c.req.method, c.req.path)) return next()
  const key = KEY.exec(header)?.[1]
  if (key === undefined) {
    const msg = "must be 1 to 255 printable ASCII characters"
    return refuse(c, [{ loc: ["header", "Idempotency-Key"], msg, type: "string_pattern_mismatch" }])
  }
  const endpoint = `POST ${c.req.path.replace(/\/$/, "")}`
  const fingerprint = createHash("sha256")
    .update(Buffer.from(await c.req.arrayBuffer()))
    .digest("hex")
  try {
    const { answer, replayed } = await Idempotency.once({ key, endpoint, fingerprint }, () => carryOut(c, next))
    if (replayed) return again(c, answer)
  } catch (error) {
    // The answer is in `c.res` already: it is only not to be repeated.
    if (!(error instanceof NotKept)) throw error
  }
})

async function carryOut(c: Context<Env>, next: () => Promise<void>): Promise<Answer> {
  await next()
  // Refused before anything began, or not our last word: trying again may do better.
  if (c.get("refused") || c.res.status >= 500 || LATER.has(c.res.status)) throw new NotKept()
  const headers = KEPT.flatMap((name) => {
    const value = c.res.headers.get(name)
    return value === null ? [] : [[name, value] as const]
  })
  return { status: c.res.status, headers: Object.fromEntries(headers), body: await c.res.clone().text() }
}

const again = (c: Context, { status, headers, body }: Answer) =>
  c.body(body, status as ContentfulStatusCode, { ...headers, "idempotent-replayed": "true" })
