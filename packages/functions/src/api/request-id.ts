import { randomUUID } from "node:crypto"
import { log, withIds } from "@robokit/core/log"
import type { Context } from "hono"
import { createMiddleware } from "hono/factory"

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/
const TRACEPARENT = /^[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/

/** In every answer and in every log line of the request. */
export const requestIdOf = (c: Context): string => c.get("request_id")

/** The client's id when it is a plain word, else ours; one log line for each request. */
export const requestId = createMiddleware(async (c, next) => {
  const given = c.req.header("x-request-id")
  const request_id = given !== undefined && REQUEST_ID.test(given) ? given : randomUUID()
  const traceparent = c.req.header("traceparent")
  c.set("request_id", request_id)
  c.header("x-request-id", request_id)

  const ids = { request_id, ...(traceparent && TRACEPARENT.test(traceparent) && { traceparent }) }
  await withIds(ids, async () => {
    const started = performance.now()
    await next()
    const line = {
      method: c.req.method,
      // The address without its query, which may hold anything.
      path: c.req.path.slice(0, 512),
      status: c.res.status,
      duration_ms: Math.round(performance.now() - started),
    }
    if (c.req.path === "/health" || c.req.path === "/ready") log().debug(line, "request")
    else log().info(line, "request")
  })
})
