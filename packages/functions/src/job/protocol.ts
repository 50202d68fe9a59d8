import { AppError, type ErrorCode, type ErrorOptions } from "@robokit/core/error"
import type { Done } from "@robokit/core/job/define"
import type { Reading, Task } from "@robokit/core/job/execute"

/** What the thread is started with. */
export interface Order {
  task: Task
  /** Under which the thread logs, as its parent does. */
  ids: Record<string, string | number>
}

/** What the thread tells its parent. The parent says nothing: it ends the thread. */
export type Report =
  | { type: "progress"; percent: number; message?: string | undefined }
  | ({ type: "usage" } & Reading)
  | { type: "done"; done: Done }
  | { type: "failure"; failure: Failure }

export type Failure =
  | { code: ErrorCode; detail: string; options: ErrorOptions }
  /** A bug: its text is for the log alone. */
  | { code: null; name: string; detail: string; stack: string | undefined }

export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof AppError) {
    const { code, message, user_action, path, episode, retry_after_ms, extra } = thrown
    // A cause may hold what cannot be cloned; its text is enough for the log.
    const cause = thrown.cause === undefined ? undefined : String(thrown.cause)
    return { code, detail: message, options: { user_action, path, episode, retry_after_ms, extra, cause } }
  }
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  return { code: null, name: error.name, detail: error.message, stack: error.stack }
}

export function toError(failure: Failure): Error {
  if (failure.code !== null) return new AppError(failure.code, failure.detail, failure.options)
  const error = new Error(failure.detail)
  error.name = failure.name
  if (failure.stack) error.stack = failure.stack
  return error
}
