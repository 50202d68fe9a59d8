import { z } from "@hono/zod-openapi"
import type { Context } from "hono"
import { requestIdOf } from "./request-id.ts"

/** FastAPI's item: `loc` begins with where it is (`body`, `query`, `path`, `header`). */
const Item = z.object({ loc: z.array(z.union([z.string(), z.int()])), msg: z.string(), type: z.string() })
type Item = z.infer<typeof Item>

/** What the seed's clients read of a 422. */
export const ValidationError = z.object({ detail: z.array(Item) }).openapi("ValidationError")

/** The same for who asks for `application/problem+json`, where `detail` has to be a string. */
export const ValidationProblem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    request_id: z.string(),
    errors: z
      .array(z.object({ loc: Item.shape.loc, pointer: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: "One entry for each field at fault; absent when it is not a field's fault." }),
  })
  .openapi("ValidationProblem")

export const INTEGER = /^-?\d{1,15}$/

const WHERE: Record<string, string> = { json: "body", query: "query", param: "path", header: "header" }

/** Request validation, the same for every route. */
export function onInvalid(
  result: { success: true } | { success: false; error: z.ZodError; data?: unknown; target: string },
  c: Context,
) {
  if (result.success) return
  return refuse(c, itemsOf(result.error, [WHERE[result.target] ?? result.target], result.data))
}

/** FastAPI's items for zod's issues; `value` is what was validated, `at` where it was. */
export const itemsOf = (error: z.ZodError, at: (string | number)[], value: unknown): Item[] =>
  error.issues.flatMap((issue) => {
    const loc = [...at, ...issue.path.map((each) => (typeof each === "symbol" ? String(each) : each))]
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        loc: [...loc, key],
        msg: "Extra inputs are not permitted",
        type: "extra_forbidden",
      }))
    }
    if (valueAt(value, issue.path) === undefined) return [{ loc, msg: "Field required", type: "missing" }]
    return [{ loc, msg: issue.message, type: typeOfIssue(issue) }]
  })

/** 422 in the shape the client can read. Nothing the client sent is repeated: it may be a token. */
export function refuse(c: Context, items: Item[]) {
  c.set("refused", true)
  c.header("cache-control", "no-store")
  if (!c.req.header("accept")?.includes("application/problem+json")) return c.json({ detail: items }, 422)
  const problem: z.infer<typeof ValidationProblem> = {
    type: "urn:robokit:problem:invalid_params",
    title: "The request is not valid",
    status: 422,
    detail: items.map((each) => `${each.loc.join(".")}: ${each.msg}`).join("; "),
    instance: c.req.path,
    code: "invalid_params",
    request_id: requestIdOf(c),
    errors: items.map((each) => ({ loc: each.loc, pointer: pointerOf(each.loc), detail: each.msg })),
  }
  return c.json(problem, 422, { "content-type": "application/problem+json" })
}

const pointerOf = (loc: Item["loc"]) =>
  `#${loc
    .slice(1)
    .map((each) => `/${String(each).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("")}`

const valueAt = (value: unknown, path: PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined),
    value,
  )

const EXPECTED: Record<string, string> = {
  number: "float_type",
  boolean: "bool_type",
  object: "dict_type",
  record: "dict_type",
  array: "list_type",
}

function typeOfIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return EXPECTED[issue.expected] ?? `${issue.expected}_type`
    case "too_small":
      return tooFar(issue.origin, "greater_than_equal", "too_short")
    case "too_big":
      return tooFar(issue.origin, "less_than_equal", "too_long")
    case "invalid_format":
      return "pattern" in issue && issue.pattern === String(INTEGER) ? "int_parsing" : "string_pattern_mismatch"
    case "invalid_value":
      return issue.values.length === 1 ? "literal_error" : "enum"
    default:
      return "value_error"
  }
}

function tooFar(origin: string, number: string, size: string) {
  if (origin === "string") return `string_${size}`
  return origin === "array" || origin === "set" ? size : number
}
