import { OpenAPIHono } from "@hono/zod-openapi"
import { access } from "./access.ts"
import { batch } from "./batch.ts"
import { compare } from "./compare.ts"
import { datasets } from "./datasets.ts"
import { episodes } from "./episodes.ts"
import { hub } from "./hub.ts"
import { idempotency } from "./idempotency.ts"
import { jobs } from "./jobs.ts"
import { acceptable, bodySize, jsonBody, plainPath, sameOrigin } from "./limits.ts"
import { allowedMethods } from "./methods.ts"
import { onError, onNotFound } from "./problem.ts"
import { addReference } from "./reference.ts"
import { requestId } from "./request-id.ts"
import type { Env } from "./resource.ts"
import { search } from "./search.ts"
import { securityHeaders } from "./security.ts"
import { system } from "./system.ts"

/** The whole HTTP API. Not strict: each address is served with and without a slash at its end, without a redirect. */
export const app = new OpenAPIHono<Env>({ strict: false })

app.use(
  requestId,
  securityHeaders,
  plainPath,
  allowedMethods(app),
  acceptable,
  sameOrigin,
  access,
  bodySize,
  jsonBody,
  idempotency,
)
app.onError(onError)
app.notFound(onNotFound)

app.route("/api", hub)
// `job-parameter-schemas` before `/{id}`.
app.route("/api/v1/datasets", jobs)
app.route("/api/v1/datasets", datasets)
app.route("/api/v1/datasets", batch)
app.route("/api/v1/datasets", episodes)
app.route("/api/v1/datasets", compare)
app.route("/api/v1", search)
app.route("/", system)
addReference(app)
