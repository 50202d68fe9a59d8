/** What goes to an execution environment … */
export interface Invocation {
  id: string
  event: unknown
  /** Milliseconds since 1970. */
  deadline: number
  context: Record<string, unknown>
}

/** … and what comes back. */
export type Report =
  | { type: "ready" }
  | { type: "result"; id: string; result: unknown }
  | { type: "error"; id: string; name: string; message: string; stack: string }

/** An invocation that gave no result, by the name AWS has for it or the name of what the handler threw. */
export class InvokeError extends Error {
  constructor(name: string, message: string, stack?: string) {
    super(message)
    this.name = name
    if (stack) this.stack = stack
  }
}

/** The function was stopped from outside, which is no failure of it. */
export const isStopped = (error: unknown) => error instanceof InvokeError && error.name === "Sandbox.Stopped"
