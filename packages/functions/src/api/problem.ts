import { z } from "@hono/zod-openapi"
import { isUnavailable } from "@robokit/core/db/failure"
import { AppError, type ErrorCode, type ErrorKind } from "@robokit/core/error"
import { log } from "@robokit/core/log"
import { BudgetPeriod } from "@robokit/core/usage/schema"
import type { Context } from "hono"
import { HTTPException } from "hono/http-exception"
import type { ContentfulStatusCode } from "hono/utils/http-status"
import { requestIdOf } from "./request-id.ts"
import { refuse } from "./validation.ts"

/** RFC 9457. `code` is stable and meant for programs, `detail` for people. */
export const Problem = z
  .looseObject({
    type: z.string().meta({ examples: ["urn:robokit:problem:dataset_exists"] }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    request_id: z.string(),
    user_action: z.string().optional().meta({ description: "What the reader can do about it." }),
    existing_id: z.int().optional().meta({ description: "With `dataset_exists`: the dataset there already is." }),
    limit_usd: z.number().optional().meta({ description: "With `budget_exceeded`, as the next five: the budget." }),
    spent_usd: z.number().optional().meta({ description: "By jobs that have ended." }),
    reserved_usd: z.number().optional().meta({ description: "For jobs that are open." }),
    wanted_usd: z.number().optional().meta({ description: "What this job is estimated to cost." }),
    period: z.enum(BudgetPeriod.options).optional().meta({ description: "Whose budget it is." }),
    resets_at: z.string().optional().meta({ description: "When the next one begins, RFC 3339." }),
  })
  .openapi("Problem")
export type Problem = z.infer<typeof Problem>

const KINDS = {
  invalid: [422, "The dataset or the request is not valid"],
  not_found: [404, "Not found"],
  conflict: [409, "Conflict"],
  unsupported: [422, "Not supported"],
  // Whether a repository exists is nobody's business who may not see it; the code still says what the Hub said.
  access: [404, "Not accessible"],
  limit: [413, "Over a limit"],
  hub: [503, "The Hub cannot be read just now"],
  internal: [500, "Something broke on our side"],
} as const satisfies Record<ErrorKind, readonly [ContentfulStatusCode, string]>

/** Where the kind alone would say the wrong thing. */
const CODES: Partial<Record<ErrorCode, ContentfulStatusCode>> = {
  budget_exceeded: 402,
  time_limit: 503,
  storage_error: 503,
}

const NEUTRAL = "Something broke on our side. The request id leads us to it."
const RETRY_SECONDS = 5

/** The only place that knows which status an error of core has. */
const statusOf = (error: AppError): ContentfulStatusCode => CODES[error.code] ?? KINDS[error.kind][0]

const typeOf = (code: string) => `urn:robokit:problem:${code}`

/** An error of core as it looks on the wire. */
export function problemOf(error: AppError, c: Context): Problem {
  return {
    ...error.extra,
    ...(error.path !== undefined && { path: error.path }),
    ...(error.episode !== undefined && { episode: error.episode }),
    ...(error.user_action !== undefined && { user_action: error.user_action }),
    type: typeOf(error.code),
    title: KINDS[error.kind][1],
    status: statusOf(error),
    detail: error.kind === "internal" ? NEUTRAL : error.message,
    instance: c.req.path,
    code: error.code,
    request_id: requestIdOf(c),
  }
}

/** A problem that only HTTP knows: 401, 405, 413, 415, … */
export function httpProblem(
  c: Context,
  status: ContentfulStatusCode,
  code: string,
  title: string,
  detail: string,
  user_action?: string,
) {
  return send(c, {
    ...(user_action !== undefined && { user_action }),
    type: typeOf(code),
    title,
    status,
    detail,
    instance: c.req.path,
    code,
    request_id: requestIdOf(c),
  })
}

function send(c: Context, problem: Problem) {
  c.header("cache-control", "no-store")
  return c.json(problem, problem.status as ContentfulStatusCode, { "content-type": "application/problem+json" })
}

export function onError(error: Error, c: Context) {
  // A tag that a handler had already promised belongs to the answer it did not give.
  c.header("etag", undefined)
  if (error instanceof AppError) return onAppError(error, c)
  if (error instanceof HTTPException) return onHttpException(error, c)
  if (isUnavailable(error)) {
    log().error({ err: error }, "the database cannot be reached")
    c.header("retry-after", String(RETRY_SECONDS))
    return httpProblem(c, 503, "database_unavailable", "Try again soon", "The database cannot be reached just now.")
  }
  log().error({ err: error }, "a request failed in a way nobody foresaw")
  return httpProblem(c, 500, "unexpected", KINDS.internal[1], NEUTRAL)
}

function onAppError(error: AppError, c: Context) {
  const problem = problemOf(error, c)
  if (problem.status >= 500) log().warn({ err: error, code: error.code }, error.message)
  const isWorthWaiting = problem.status === 503 || error.code === "idempotency_in_progress"
  if (isWorthWaiting || error.retry_after_ms !== undefined) {
    const seconds = Math.ceil((error.retry_after_ms ?? RETRY_SECONDS * 1000) / 1000)
    c.header("retry-after", String(Math.max(1, seconds)))
  }
  const existing = error.extra?.existing_id
  if (problem.status === 409 && existing !== undefined) c.header("location", `/api/v1/datasets/${existing}`)
  return send(c, problem)
}

function onHttpException(error: HTTPException, c: Context) {
  if (error.status === 415) return unsupportedType(c)
  // Hono's validator found no JSON where `limits.ts` had already refused every malformed body: it is empty.
  if (error.status === 400) return refuse(c, [{ loc: ["body"], msg: "Field required", type: "missing" }])
  return httpProblem(c, error.status as ContentfulStatusCode, "http_error", "Refused", error.message || "Refused.")
}

export function unsupportedType(c: Context) {
  c.header("accept", "application/json")
  const detail = "The body must be JSON, sent with content-type: application/json."
  return httpProblem(c, 415, "unsupported_media_type", "Unsupported media type", detail)
}

export const onNotFound = (c: Context) =>
  httpProblem(c, 404, "route_not_found", "Not found", "There is nothing at this address.")
