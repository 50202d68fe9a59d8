import { bodyLimit } from "hono/body-limit"
import { createMiddleware } from "hono/factory"
import { httpProblem, onNotFound, unsupportedType } from "./problem.ts"
import { refuse } from "./validation.ts"

const MAX_BODY = 256 * 1024
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i

const PLAIN = /^(?:\/[\w.-]+)*\/?$/

/**
 * One spelling for each address. No address of ours needs an escape, so `%2F`, `//`, `;` and the like only serve to make
 * a proxy and the router disagree.
 */
export const plainPath = createMiddleware(async (c, next) => {
  if (!PLAIN.test(new URL(c.req.url).pathname)) return onNotFound(c)
  await next()
})

/** What tools take in forms of their own. */
const REPORT = /\/report\.[\w.]+\/?$/

/** Everything else below `/api` is JSON. Who names types and none of ours is told so instead of getting what it cannot read. */
export const acceptable = createMiddleware(async (c, next) => {
  const accept = c.req.header("accept")?.trim()
  if (!accept || !c.req.path.startsWith("/api/") || REPORT.test(c.req.path) || accept.split(",").some(takesJson))
    return next()
  return httpProblem(c, 406, "not_acceptable", "Not acceptable", "Answers are application/json or problem+json.")
})

function takesJson(range: string) {
  const [type = "", ...parameters] = range.split(";").map((each) => each.trim().toLowerCase())
  if (parameters.some((each) => /^q=0(?:\.0*)?$/.test(each))) return false
  return type === "*/*" || type === "application/*" || JSON_TYPE.test(type)
}

/**
 * A page of another origin may not make the browser's user do something. Where a key is set it lacks that, for no browser
 * adds the key by itself; where none is set this is all there is.
 */
export const sameOrigin = createMiddleware(async (c, next) => {
  const site = c.req.header("sec-fetch-site")
  const isRead = ["GET", "HEAD", "OPTIONS"].includes(c.req.method)
  if (isRead || site === undefined || site === "same-origin" || site === "none") return next()
  return httpProblem(c, 403, "cross_origin", "Refused", "Pages of other origins may not change anything here.")
})

export const bodySize = bodyLimit({
  maxSize: MAX_BODY,
  onError: (c) => httpProblem(c, 413, "body_too_large", "Body too large", `A body may have ${MAX_BODY} bytes.`),
})

/** Refuses what is not JSON before any handler looks at it. An empty body passes: whether one is needed, routes know. */
export const jsonBody = createMiddleware(async (c, next) => {
  if (c.req.method !== "POST") return next()
  const type = c.req.header("content-type")
  if (type !== undefined && !JSON_TYPE.test(type)) return unsupportedType(c)
  const body = await c.req.arrayBuffer()
  if (body.byteLength === 0) return next()
  if (type === undefined) return unsupportedType(c)
  try {
    JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body))
  } catch (error) {
    return refuse(c, [{ loc: ["body", ...positionIn(error)], msg: "JSON decode error", type: "json_invalid" }])
  }
  await next()
})

/** V8 names the place in its message, and with it a piece of the body, which is not for us to repeat. */
function positionIn(error: unknown): number[] {
  const found = error instanceof SyntaxError ? / at position (\d+)/.exec(error.message) : null
  return found ? [Number(found[1])] : []
}
