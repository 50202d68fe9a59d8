import { setTimeout as sleep } from "node:timers/promises"
import { AppError } from "../error.ts"
import type { Usage } from "../files/files.ts"
import { isEndpoint } from "./address.ts"
import { failureOf, hubError, type Subject } from "./failure.ts"
import { hubToken } from "./token.ts"

const BASE_MS = 500
const CAP_MS = 8_000

export interface Answer {
  status: number
  headers: Headers
  url: URL
  body: Uint8Array
}

/** How long to try. A job waits out a short quota window; a person at a search box does not. */
export interface Patience {
  retries: number
  /** All attempts together, waits included; no limit when left out, for a job has its own. */
  total_ms?: number
  /** The longest single wait that is obeyed here; the error says how long the Hub asked for. */
  wait_ms: number
}
export const JOB_PATIENCE: Patience = { retries: 5, wait_ms: 20_000 }
export const PERSON_PATIENCE: Patience = { retries: 2, wait_ms: 2_000, total_ms: 15_000 }

export interface RequestOptions {
  subject: Subject
  usage: Usage
  method?: "GET" | "POST"
  headers?: Record<string, string>
  json?: unknown
  /** Longer bodies are cut off and refused. */
  max_bytes: number
  /**
   * Looks at status and headers before the body is read, also of a refusal; throws to refuse it, or gives the length that
   * the body must have. Not asked about redirects.
   */
  check?: (answer: Omit<Answer, "body">) => number | undefined | void
  /** Told of every piece of a body after `usage` was; may throw to stop. */
  onBytes?: (came: number) => void
  /** Statuses that are answers, not errors, beside 2xx. */
  accept?: readonly number[]
  patience?: Patience
  signal?: AbortSignal | undefined
}

/** What waiting means and how long a silence may be; a test replaces them. */
export const clock = {
  first_byte_ms: 10_000,
  idle_ms: 15_000,
  sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, signal ? { signal } : {}),
}

/**
 * One request to the Hub or its file host, tried again while the trouble is the Hub's weather. Redirects are answers:
 * who follows them decides where they may lead. Every attempt is counted in `usage`.
 *
 * @throws AppError of kind `hub`, `access` or `not_found`.
 */
export async function request(url: URL, options: RequestOptions): Promise<Answer> {
  const { retries, wait_ms, total_ms } = options.patience ?? JOB_PATIENCE
  const deadline = total_ms === undefined ? undefined : AbortSignal.timeout(total_ms)
  const signals = [options.signal, deadline].filter((each) => each !== undefined)
  const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0]
  for (let tried = 0; ; tried++) {
    try {
      return await attempt(url, { ...options, signal })
    } catch (error) {
      options.signal?.throwIfAborted()
      if (deadline?.aborted) throw late(error)
      if (!(error instanceof AppError) || error.kind !== "hub" || tried >= retries) throw error
      const wait = Math.max(backoff(tried), error.retry_after_ms ?? 0)
      if (wait > wait_ms && error.retry_after_ms !== undefined) throw error
      await clock.sleep(wait, signal).catch((woken: unknown) => {
        options.signal?.throwIfAborted()
        throw deadline?.aborted ? late(error) : woken
      })
    }
  }
}

const late = (cause: unknown) => hubError("hub_timeout", "The Hub did not answer in time.", { cause })

/** Full jitter, so that a thousand workers do not come back in the same second. */
const backoff = (tried: number) => Math.random() * Math.min(CAP_MS, BASE_MS * 2 ** tried)

async function attempt(url: URL, options: RequestOptions): Promise<Answer> {
  options.signal?.throwIfAborted()
  const timer = new Timer(clock.first_byte_ms)
  const signal = options.signal ? AbortSignal.any([options.signal, timer.signal]) : timer.signal
  options.usage.requests++
  try {
    const response = await fetch(url, {
      method: options.method ?? "GET",
      // Followed by hand: fetch would follow anywhere.
      redirect: "manual",
      // A compressed answer has no length, and a range of it no meaning.
      headers: {
        "accept-encoding": "identity",
        "user-agent": "robokit",
        ...authorization(url),
        ...jsonHeader(options),
        ...options.headers,
      },
      body: options.json === undefined ? null : JSON.stringify(options.json),
      signal,
    })
    const { status, headers } = response
    if (status >= 300 && status < 400) {
      await response.body?.cancel()
      return { status, headers, url, body: new Uint8Array() }
    }
    const length = await checked(response, url, options)
    if (response.ok || options.accept?.includes(status)) {
      return { status, headers, url, body: await readBody(response, options, timer, length) }
    }
    throw failureOf(status, headers, await readError(response, options, timer), options.subject)
  } catch (error) {
    throw classed(error, options, timer)
  } finally {
    timer.stop()
  }
}

async function checked(response: Response, url: URL, { check }: RequestOptions): Promise<number | undefined> {
  const { status, headers } = response
  try {
    return check?.({ status, headers, url }) ?? undefined
  } catch (error) {
    // Nobody wants the rest of a body that is refused.
    await response.body?.cancel()
    throw error
  }
}

/** The body of a failure only explains it; one that cannot be read takes nothing from what its status says. */
const readError = (response: Response, options: RequestOptions, timer: Timer) =>
  readBody(response, { ...options, max_bytes: 64 * 1024 }, timer).catch(() => new Uint8Array())

/** The token goes to the Hub's own origin and nowhere else. */
const authorization = (url: URL): Record<string, string> => {
  const token = hubToken()
  return token !== undefined && isEndpoint(url) ? { authorization: `Bearer ${token}` } : {}
}

const jsonHeader = ({ json }: RequestOptions): Record<string, string> =>
  json === undefined ? {} : { "content-type": "application/json" }

/** @param exact the only length it may have; without it the announced one, if the answer announces any. */
async function readBody(response: Response, options: RequestOptions, timer: Timer, exact?: number) {
  const { usage, onBytes } = options
  const isEncoded = response.headers.has("content-encoding")
  const announced = isEncoded ? null : response.headers.get("content-length")
  const due = exact ?? (announced === null ? undefined : Number(announced))
  const most = exact ?? options.max_bytes
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    timer.restart(clock.idle_ms)
    length += chunk.byteLength
    usage.bytes += chunk.byteLength
    onBytes?.(chunk.byteLength)
    if (length > most) {
      throw exact === undefined
        ? hubError("hub_bad_answer", `The Hub's answer is longer than ${most} bytes.`)
        : hubError("hub_truncated", `The Hub sent more than the ${exact} bytes that were asked for.`)
    }
    chunks.push(chunk)
  }
  if (due !== undefined && due !== length) {
    throw hubError("hub_truncated", `The Hub sent ${length} bytes instead of ${due}.`)
  }
  return joined(chunks, length)
}

function joined(chunks: Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!
  const all = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.byteLength
  }
  return all
}

function classed(error: unknown, { signal }: RequestOptions, timer: Timer): unknown {
  if (error instanceof AppError) return error
  if (signal?.aborted) return signal.reason
  if (timer.signal.aborted) return late(error)
  // undici says `terminated` when a body ends early, `fetch failed` when there was no answer at all.
  if (error instanceof TypeError && error.message === "terminated") {
    return hubError("hub_truncated", "The connection to the Hub broke off in the middle of an answer.", {
      cause: error,
    })
  }
  return hubError("hub_unavailable", "The Hub could not be reached.", { cause: error })
}

class Timer {
  readonly #controller = new AbortController()
  #handle: NodeJS.Timeout | undefined
  readonly signal = this.#controller.signal

  constructor(ms: number) {
    this.restart(ms)
  }
  restart(ms: number) {
    clearTimeout(this.#handle)
    this.#handle = setTimeout(() => this.#controller.abort(), ms)
  }
  stop() {
    clearTimeout(this.#handle)
  }
}
