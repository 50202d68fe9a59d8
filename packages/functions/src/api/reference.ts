import { createHash } from "node:crypto"
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi"
import type { Context } from "hono"
import { isMutation } from "./access.ts"
import { isKnown, versionOf } from "./etag.ts"
import { page } from "./reference-page.ts"
import { style } from "./reference-style.ts"
import { type Env, json, Tagged, unchanged } from "./resource.ts"

const tags = ["system"]

const ABOUT = {
  openapi: "3.1.0",
  info: {
    title: "RoboKit",
    version: "1",
    summary: "Robotics datasets of the Hugging Face Hub, pinned to a commit and read where they lie.",
    description: [
      "Every address works with and without a slash at its end. JSON is `snake_case`, instants are RFC 3339 in UTC.",
      'Validation errors are `422 {"detail": [{"loc", "msg", "type"}]}`; every other error is RFC 9457 problem JSON.',
      "`Idempotency-Key` works on every POST; `ETag` and `If-None-Match` on everything that is polled; `X-Request-Id` comes back.",
      "Everybody may search and read. Where the operator has set a key, a change needs it (`Authorization: Bearer`).",
    ].join("\n\n"),
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
  servers: [{ url: "/" }],
  tags: [
    { name: "hub", description: "What there is on the Hub" },
    { name: "datasets", description: "What was imported, each at one commit" },
    { name: "episodes", description: "What is in them, once they are indexed" },
    { name: "jobs", description: "What is done with them" },
    { name: "system", description: "Health and documentation" },
  ],
}

const OPERATOR = { operator_key: [] }

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ")

/** The OpenAPI document of every route of `app`, these two included, for programs and for people. */
export function addReference(app: OpenAPIHono<Env>) {
  // Nothing in it changes while the process lives.
  let document: ReturnType<typeof app.getOpenAPI31Document> | undefined
  const documentOnce = () => (document ??= withSecurity(app.getOpenAPI31Document(ABOUT)))

  app.openAPIRegistry.registerComponent("securitySchemes", "operator_key", {
    type: "http",
    scheme: "bearer",
    description:
      "The operator's key. Where none is set, as on a developer's machine, nothing asks for it. Who reads without it sees what is public on the Hub.",
  })
  app.openapi(
    createRoute({
      method: "get",
      path: "/openapi.json",
      operationId: "getOpenApi",
      tags,
      summary: "Get this document",
      responses: { 200: json(z.looseObject({}), "OpenAPI 3.1", Tagged), ...unchanged },
    }),
    (c) => (isKnown(c, versionOf(documentOnce())) ? c.body(null, 304) : c.json({ ...documentOnce() }, 200)),
  )
  app.openapi(
    createRoute({
      method: "get",
      path: "/docs",
      operationId: "getDocs",
      tags,
      summary: "Read this document as a page",
      responses: {
        200: { description: "The page", content: { "text/html": { schema: z.string() } }, headers: Tagged },
        ...unchanged,
      },
    }),
    (c) => {
      const document = documentOnce()
      if (isKnown(c, versionOf([document, style]))) return c.body(null, 304)
      c.header("content-security-policy", POLICY)
      return asHtml(c, page(document)) as never
    },
  )
}

/** Who needs the key is said by what asks for it. */
function withSecurity<T extends { paths?: Record<string, object> }>(document: T): T {
  for (const [path, methods] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(methods)) {
      // `{}`: without it, too, but then without what is private.
      const optional = path.startsWith("/api/") ? [{}, OPERATOR] : []
      operation.security = isMutation(method.toUpperCase(), path) ? [OPERATOR] : optional
    }
  }
  return document
}

const asHtml = (c: Context, text: string) => c.body(text, 200, { "content-type": "text/html; charset=utf-8" })
