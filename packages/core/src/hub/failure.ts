import { AppError, type ErrorCode } from "../error.ts"
import { hubToken } from "./token.ts"

/** What was asked for, in words for the sentence. */
export interface Subject {
  repo_id?: string | undefined
  revision?: string | undefined
  path?: string | undefined
}

const ACTIONS: Partial<Record<ErrorCode, string>> = {
  repo_not_found: "Check the name on the Hub. A private dataset needs a token that may read it.",
  revision_not_found: "Choose a branch, a tag or a commit that exists.",
  hub_gated: "Accept the dataset's conditions on the Hub and give RoboKit a token of that account.",
  hub_token_invalid: "Give RoboKit a valid Hub token (HF_TOKEN), or none.",
  hub_repo_disabled: "Ask its owner, or choose another dataset: the Hub gives its files to nobody.",
  hub_auth_required: "Give RoboKit a Hub token that may read this dataset.",
  hub_rate_limited: "Wait for the Hub's next window, or give RoboKit a Hub token: it raises the quota.",
  hub_unavailable: "Try again in a few minutes.",
  hub_timeout: "Try again in a few minutes.",
}

export const hubError = (
  code: ErrorCode,
  detail: string,
  options: { retry_after_ms?: number | undefined; cause?: unknown } = {},
) => new AppError(code, detail, { user_action: ACTIONS[code], ...options })

/** The Hub's answer as the error it means; `X-Error-Code` decides where it is given. */
export function failureOf(status: number, headers: Headers, body: Uint8Array, subject: Subject): AppError {
  const name = subject.repo_id ?? "what was asked for"
  const code = headers.get("x-error-code")
  const said = saying(headers, body)
  if (status === 429) {
    const retry_after_ms = waitOf(headers)
    return hubError("hub_rate_limited", `The Hub's quota for this address is used up${inWords(retry_after_ms)}.`, {
      retry_after_ms,
    })
  }
  if (status >= 500 || status === 408) {
    return hubError("hub_unavailable", `The Hub answered ${status}.`, { retry_after_ms: retryAfter(headers) })
  }
  if (code === "GatedRepo")
    return hubError("hub_gated", `${name} is gated: its files are given only to accounts that accepted its conditions.`)
  if (code === "RevisionNotFound")
    return hubError("revision_not_found", `${name} has no revision ${subject.revision ?? ""}`.trimEnd() + ".")
  if (code === "EntryNotFound") {
    return new AppError("file_missing", `${subject.path ?? "The file"} is not in ${name}.`, { path: subject.path })
  }
  if (status === 403 && /disabled/i.test(said)) return hubError("hub_repo_disabled", `${name} was disabled on the Hub.`)
  if (status === 401 && hubToken() !== undefined && /credential|token/i.test(said)) {
    return hubError("hub_token_invalid", "The Hub did not accept RoboKit's token.")
  }
  // To the anonymous the Hub does not tell a private repository from none.
  if (code === "RepoNotFound" || status === 401 || status === 404) {
    return hubError("repo_not_found", `${name} does not exist on the Hub, or is private.`)
  }
  if (status === 403) return hubError("hub_auth_required", `The Hub does not let RoboKit read ${name}.`)
  return hubError("hub_bad_answer", `The Hub answered ${status}${said ? `: ${said}` : ""}.`)
}

/** Text of the Hub's own, at most 200 characters and none of them a control character. */
function saying(headers: Headers, body: Uint8Array): string {
  const text = headers.get("x-error-message") ?? Buffer.from(body.subarray(0, 500)).toString("utf8")
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>]+/gu, " ")
    .trim()
    .slice(0, 200)
}

/** `RateLimit: "api";r=0;t=295`: a window that is used up (r=0) ends in `t` seconds; one more, since clocks round down. */
export function waitOf(headers: Headers): number | undefined {
  const windows = (headers.get("ratelimit") ?? "").split(",").flatMap((each) => {
    const t = /;\s*t=(\d{1,6})(?!\d)/.exec(each)?.[1]
    return t !== undefined && /;\s*r=0(?!\d)/.test(each) ? [(Number(t) + 1) * 1000] : []
  })
  const waits = [...windows, retryAfter(headers) ?? []].flat()
  return waits.length > 0 ? Math.max(...waits) : undefined
}

function retryAfter(headers: Headers): number | undefined {
  const value = headers.get("retry-after")
  if (value === null) return undefined
  const ms = /^\d{1,6}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isFinite(ms) && ms >= 0 ? Math.min(ms, 24 * 3600_000) : undefined
}

const inWords = (ms: number | undefined) => (ms === undefined ? "" : ` for another ${Math.ceil(ms / 1000)} s`)
