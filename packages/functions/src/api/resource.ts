import { OpenAPIHono, z } from "@hono/zod-openapi"
import type { Context } from "hono"
import { Problem } from "./problem.ts"
import { INTEGER, onInvalid, ValidationError, ValidationProblem } from "./validation.ts"

/** What `limits.ts` and its like leave for those after them. */
export interface Env {
  Variables: { request_id: string; refused: boolean }
}

export const resource = () => new OpenAPIHono<Env>({ defaultHook: onInvalid })

export const json = <T extends z.ZodType, H extends z.ZodObject>(schema: T, description: string, headers?: H) => ({
  description,
  content: { "application/json": { schema } },
  ...(headers && { headers }),
})

export const body = <T extends z.ZodType>(schema: T) => ({
  required: true,
  content: { "application/json": { schema } },
})

/** A whole number in an address. Not coerced: `""`, `1e1` and `0x10` are no numbers here. */
export const whole = (min: number, max: number) =>
  z.string().regex(INTEGER, "Input should be a valid integer").transform(Number).pipe(z.int().min(min).max(max))

const MAX_ID = 2 ** 31 - 1

export const Id = whole(1, MAX_ID).openapi({ type: "integer", minimum: 1, maximum: MAX_ID, examples: [1] })

export const DatasetId = z.object({ id: Id })

export const Page = z.object({
  skip: whole(0, MAX_ID)
    .optional()
    .openapi({ type: "integer", minimum: 0, default: 0, description: "How many to leave out from the start." }),
  limit: whole(1, 100).optional().openapi({ type: "integer", minimum: 1, maximum: 100, default: 100 }),
  cursor: z
    .string()
    .regex(/^\d{1,9}$/, "must be a cursor out of a `Link` header")
    .optional()
    .openapi({ description: "Where the page before ended; stable while others insert. Wins over `skip`." }),
})
type Page = z.infer<typeof Page>

/** The page as core wants it. */
export const pageOf = ({ skip = 0, limit = 100, cursor }: Page) => ({ skip, limit, cursor })

const problem = (description: string, headers?: z.ZodObject) => ({
  description,
  content: { "application/problem+json": { schema: Problem } },
  ...(headers && { headers }),
})
const Challenge = z.object({ "WWW-Authenticate": z.string().openapi({ examples: ['Bearer realm="robokit"'] }) })
const RetryAfter = z.object({ "Retry-After": z.string().openapi({ description: "Seconds." }) })

/** What any route may answer. */
const anywhere = {
  401: problem("The operator's key is needed, or the one that was sent is wrong", Challenge),
  406: problem("`Accept` names no JSON"),
  422: {
    description: "The request, or the dataset it names, is not valid or not supported",
    content: {
      "application/json": { schema: ValidationError },
      "application/problem+json": { schema: ValidationProblem },
    },
  },
  429: problem("Too many wrong keys came from this address", RetryAfter),
  500: problem("Something broke on our side"),
  503: problem("The Hub or the database cannot be reached just now", RetryAfter),
}
export const forReading = { ...anywhere, 404: problem("No such thing, or none that may be seen") }
/** Of what the index answers. */
export const needsIndex = { 409: problem("The dataset is not indexed (yet); `user_action` says what to do") }
export const tooLarge = { 413: problem("What would have to be read for it is too large") }
export const forWriting = {
  ...forReading,
  403: problem("A page of another origin asked"),
  409: problem("It exists already (`existing_id`, `Location`), or the same request is still at work"),
  413: problem("The body, or a file of the dataset that must be read, is too large"),
  415: problem("The body is not JSON"),
}
export const unchanged = { 304: { description: "`If-None-Match` names the present version" } }
export const Tagged = z.object({
  ETag: z.string(),
  "Cache-Control": z.string().openapi({ examples: ["private, no-cache"] }),
})
export const Located = z.object({ Location: z.string().openapi({ examples: ["/api/v1/datasets/1"] }) })
export const Paged = Tagged.extend({
  Link: z.string().openapi({ description: "RFC 8288: `first`, `next`, `prev`." }),
  "X-Total-Count": z.string(),
})

/** Says how to go on. Without `skip` the next page goes by cursor: nothing is shown twice or left out. */
export function linkPages(
  c: Context,
  page: Page,
  { total, next_cursor }: { total: number; next_cursor: string | null },
) {
  const { limit } = pageOf(page)
  const skip = page.cursor === undefined ? page.skip : undefined
  const { pathname, searchParams } = new URL(c.req.url)
  const link = (rel: string, at: { skip: number } | { cursor: string } | Record<never, never>) => {
    const query = new URLSearchParams(searchParams)
    query.delete("skip")
    query.delete("cursor")
    for (const [name, value] of Object.entries(at)) query.set(name, String(value))
    return `<${pathname}${query.size > 0 ? `?${query}` : ""}>; rel="${rel}"`
  }
  const links = [link("first", skip === undefined ? {} : { skip: 0 })]
  if (skip !== undefined && skip > 0) links.push(link("prev", { skip: Math.max(0, skip - limit) }))
  if (skip !== undefined && skip + limit < total) links.push(link("next", { skip: skip + limit }))
  if (skip === undefined && next_cursor !== null) links.push(link("next", { cursor: next_cursor }))
  c.header("link", links.join(", "))
  c.header("x-total-count", String(total))
}
