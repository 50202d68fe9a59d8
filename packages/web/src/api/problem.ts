/** One field the server refused; `loc` begins with where it is (`body`, `query`, …). */
export interface FieldError {
  loc: (string | number)[]
  message: string
}

/** A budget that does not reach, in dollars. */
export interface Shortage {
  period: string
  limit_usd: number
  spent_usd: number
  reserved_usd: number
  wanted_usd: number
  /** When the period ends; null when the answer does not say. */
  resets_at: string | null
}

interface Facts {
  status: number
  code: string
  userAction?: string | null
  requestId?: string | null
  retryAfterMs?: number | null
  existingId?: number | null
  shortage?: Shortage | null
  fields?: FieldError[]
}

/** An answer that is not a success, or none at all (`status` 0). Its message is a sentence for people. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly userAction: string | null
  readonly requestId: string | null
  readonly retryAfterMs: number | null
  readonly existingId: number | null
  readonly shortage: Shortage | null
  readonly fields: FieldError[]

  constructor(message: string, facts: Facts) {
    super(message)
    this.name = "ApiError"
    this.status = facts.status
    this.code = facts.code
    this.userAction = facts.userAction ?? null
    this.requestId = facts.requestId ?? null
    this.retryAfterMs = facts.retryAfterMs ?? null
    this.existingId = facts.existingId ?? null
    this.shortage = facts.shortage ?? null
    this.fields = facts.fields ?? []
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null
const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : null)

/** Problem JSON, FastAPI's 422, or whatever a proxy in between made of it. */
export function problemOf(status: number, body: unknown, headers: Headers): ApiError {
  const requestId = headers.get("x-request-id")
  const retryAfterMs = retryAfter(headers.get("retry-after"))
  if (!isObject(body)) {
    return new ApiError(`The server answered ${status} without saying why.`, {
      status,
      code: "no_problem",
      requestId,
      retryAfterMs,
    })
  }
  const fields = fieldsOf(body)
  return new ApiError(text(body.detail) ?? sentenceOf(fields) ?? text(body.title) ?? `The server answered ${status}.`, {
    status,
    code: text(body.code) ?? (fields.length > 0 ? "invalid_params" : "no_code"),
    userAction: text(body.user_action),
    requestId: text(body.request_id) ?? requestId,
    retryAfterMs,
    existingId: typeof body.existing_id === "number" ? body.existing_id : null,
    shortage: status === 402 ? shortageOf(body) : null,
    fields,
  })
}

/** All of its numbers, or none: a budget told in halves would mislead. */
function shortageOf({ period, limit_usd, spent_usd, reserved_usd, wanted_usd, resets_at }: Record<string, unknown>) {
  const numbers = { limit_usd, spent_usd, reserved_usd, wanted_usd }
  if (text(period) === null || !Object.values(numbers).every((each) => Number.isFinite(each))) return null
  return { ...numbers, period, resets_at: text(resets_at) } as Shortage
}

const sentenceOf = (fields: FieldError[]) =>
  fields.length === 0 ? null : fields.map(({ loc, message }) => `${loc.slice(1).join(".")}: ${message}`).join("; ")

/** `detail: [{loc, msg}]` as FastAPI has it, or `errors: [{loc, detail}]` inside problem JSON. */
function fieldsOf(body: Record<string, unknown>): FieldError[] {
  const items = Array.isArray(body.errors) ? body.errors : Array.isArray(body.detail) ? body.detail : []
  return items.flatMap((item: unknown) => {
    if (!isObject(item) || !Array.isArray(item.loc)) return []
    const loc = item.loc.filter((part): part is string | number => typeof part === "string" || typeof part === "number")
    return [{ loc, message: text(item.msg) ?? text(item.detail) ?? "not valid" }]
  })
}

/** Seconds or a date, as RFC 9110 allows both. */
function retryAfter(header: string | null): number | null {
  if (header === null) return null
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) && ms >= 0 ? ms : null
}
