import { createMiddleware } from "hono/factory"

const HEADERS = {
  // An answer is data: nothing in it may run, load or be framed. The documentation page allows its own style sheet.
  "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  // Together with the absence of any CORS header: only pages of this origin read answers.
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
}

/** What every answer says about itself, unless its handler said it more precisely. */
export const securityHeaders = createMiddleware(async (c, next) => {
  await next()
  for (const [name, value] of Object.entries(HEADERS)) {
    if (!c.res.headers.has(name)) c.res.headers.set(name, value)
  }
  if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store")
})
