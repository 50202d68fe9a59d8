import { setTimeout as sleep } from "node:timers/promises"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import type { Usage } from "../files/files.ts"
import { isEndpoint } from "./address.ts"
import { failureOf, hubError, type Subject } from "./failure.ts"

const FIRST_BYTE_MS = 10_000
const IDLE_MS = 15_000
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
  /** The longest single wait that is obeyed here; the error says how long the Hub asked for. */
  wait_ms: number
}
export const JOB_PATIENCE: Patience = { retries: 5, wait_ms: 20_000 }
export const PERSON_PATIENCE: Patience = { retries: 2, wait_ms: 2_000 }

export interface RequestOptions {
  subject: Subject
  usage: Usage
  method?: "GET" | "POST"
  headers?: Record<string, string>
  json?: unknown
  /** Longer bodies are cut off and refused. */
  max_bytes: number
  /** Looks at status and headers before the body is read; throws to refuse it. */
  check?: (answer: Omit<Answer, "body">) => void
  /** Statuses that are answers, not errors, beside 2xx. */
  accept?: readonly number[]
  patience?: Patience
  signal?: AbortSignal | undefined
}

/** What waiting means; a test replaces it. */
export const clock = { sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, signal ? { signal } : {}) }

/**
 * One request to the Hub or its file host, tried again while the trouble is the Hub's weather. Redirects are answers:
 * who follows them decides where they may lead. Every attempt is counted in `usage`.
 *
 * @throws AppError of kind `hub`, `access` or `not_found`.
 */
export async function request(url: URL, options: RequestOptions): Promise<Answer> {
  const { retries, wait_ms } = options.patience ?? JOB_PATIENCE
  for (let tried = 0; ; tried++) {
    try {
      return await attempt(url, options)
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== "hub" || tried >= retries) throw error
      const wait = Math.max(backoff(tried), error.retry_after_ms ?? 0)
      if (wait > wait_ms && error.retry_after_ms !== undefined) throw error
      await clock.sleep(wait, options.signal)
    }
  }
}

/** Full jitter, so that a thousand workers do not come back in the same second. */
const backoff = (tried: number) => Math.random() * Math.min(CAP_MS, BASE_MS * 2 ** tried)

async function attempt(url: URL, options: RequestOptions): Promise<Answer> {
  options.signal?.throwIfAborted()
  const timer = new Timer(FIRST_BYTE_MS)
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
    const isRedirect = status >= 300 && status < 400
    if ((status >= 200 && status < 300) || isRedirect || options.accept?.includes(status)) {
      try {
        if (!isRedirect) options.check?.({ status, headers, url })
      } catch (error) {
        // Nobody wants the rest of a body that is refused.
        await response.body?.cancel()
        throw error
      }
      const body = isRedirect
        ? (await response.body?.cancel(), new Uint8Array())
        : await readBody(response, options, timer)
      return { status, headers, url, body }
    }
    const body = await readBody(response, { ...options, max_bytes: 64 * 1024 }, timer).catch(() => new Uint8Array())
    throw failureOf(status, headers, body, options.subject)
  } catch (error) {
    throw classed(error, options, timer)
  } finally {
    timer.stop()
  }
}

/** The token goes to the Hub's own origin and nowhere else. */
const authorization = (url: URL): Record<string, string> => {
  const token = config().HF_TOKEN
  return token && isEndpoint(url) ? { authorization: `Bearer ${token}` } : {}
}

const jsonHeader = ({ json }: RequestOptions): Record<string, string> =>
  json === undefined ? {} : { "content-type": "application/json" }

async function readBody(response: Response, { max_bytes, usage }: RequestOptions, timer: Timer): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    timer.restart(IDLE_MS)
    length += chunk.byteLength
    usage.bytes += chunk.byteLength
    if (length > max_bytes) throw hubError("hub_bad_answer", `The Hub's answer is longer than ${max_bytes} bytes.`)
    chunks.push(chunk)
  }
  const announced = response.headers.get("content-length")
  if (announced !== null && !response.headers.has("content-encoding") && Number(announced) !== length) {
    throw hubError("hub_truncated", `The Hub announced ${announced} bytes and sent ${length}.`)
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
  if (timer.signal.aborted) return hubError("hub_timeout", "The Hub did not answer in time.", { cause: error })
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
