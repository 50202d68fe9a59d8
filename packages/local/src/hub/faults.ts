import type { Kind } from "./route.ts"

export interface FaultRequest {
  kind: Kind
  /** The repository's present name; null where the request names none that exists. */
  repo: string | null
  /** Path in the repository. */
  path: string
  /** 1 for the first request of this kind since the hub started. */
  n: number
  /** `Range` header as it came. */
  range: string | null
}

/**
 * - `"429" … "504"`: that status; 429 says how long to wait in `RateLimit` and `Retry-After`.
 * - `timeout`: the connection stays open and silent. `reset`: it is cut at once.
 * - `truncate`: the true length is announced, half is sent, then the connection is cut.
 * - `html`: 200 with a web page. `gzip_bomb`: 200 with 1 GiB of zeros, gzipped.
 * - `wrong_range`: 206 for other bytes than asked, and saying so. `whole_200`: `Range` is ignored.
 * - `expire`: at `resolve` the signed address is born expired; at `cdn` the address is refused as expired.
 * - `redirect`: 302 to any address. `delay_ms`: waits, then answers as if nothing had been. `run`: a side effect first,
 *   such as moving a branch; then answers.
 */
export type FaultAction =
  | "429"
  | "500"
  | "502"
  | "503"
  | "504"
  | "timeout"
  | "reset"
  | "truncate"
  | "html"
  | "gzip_bomb"
  | "wrong_range"
  | "whole_200"
  | "expire"
  | { redirect: string }
  | { delay_ms: number }
  | { run: () => void }
  | { status: number; retry_after_s?: number; body?: string }

export interface Fault {
  match: (request: FaultRequest) => boolean
  /** How many requests it hits; all of them when left out. */
  times?: number
  action: FaultAction
}

/** What tests break. Faults apply in the order they were added; delays and side effects let the next one apply too. */
export class Faults {
  #faults: { fault: Fault; left: number }[] = []

  add(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY })
  }

  clear(): void {
    this.#faults = []
  }

  /** The actions this request gets, at most one of them an answer of its own, which is the last. */
  take(request: FaultRequest): FaultAction[] {
    const actions: FaultAction[] = []
    for (const each of this.#faults) {
      if (each.left <= 0 || !each.fault.match(request)) continue
      each.left -= 1
      actions.push(each.fault.action)
      if (!isPrelude(each.fault.action)) break
    }
    return actions
  }
}

export const isPrelude = (action: FaultAction): action is { delay_ms: number } | { run: () => void } =>
  typeof action === "object" && ("delay_ms" in action || "run" in action)
