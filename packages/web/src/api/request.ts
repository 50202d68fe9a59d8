import { operatorKey, withKey } from "./operator-key.ts"
import { ApiError, problemOf } from "./problem.ts"

/** A little more than the API gives itself. */
const TIMEOUT_MS = 25_000
/** Polled addresses are few; what was long not asked for may be fetched again. */
const REMEMBERED = 200

interface Remembered {
  etag: string
  answer: Answer<unknown>
}

export interface Answer<T> {
  data: T
  headers: Headers
}

const memory = new Map<string, Remembered>()
/** What was read with one operator's key is not kept for who has another or none. */
let readWith = operatorKey().key
/** One key for each thing somebody wanted done, kept until the server is known to have answered. */
const keys = new Map<string, string>()

/** Reads `path`; with the tag of the last answer, so that what has not changed is not sent again. */
export async function read<T>(path: string, signal?: AbortSignal): Promise<Answer<T>> {
  const { key } = operatorKey()
  if (key !== readWith) memory.clear()
  readWith = key
  const known = memory.get(path)
  const response = await send(path, {
    headers: known ? { "if-none-match": known.etag } : {},
    // Our memory is the cache: the browser's own would hide the 304 and answer for us.
    cache: "no-store",
    ...(signal && { signal }),
  })
  // The type is the contract that the server validates its answers against; parsing them again would cost 20 kB here.
  if (response.status === 304 && known) return known.answer as Answer<T>
  const answer = { data: (await parse(response)) as T, headers: response.headers }
  remember(path, response.headers.get("etag"), answer)
  return answer
}

export const get = async <T>(path: string, signal?: AbortSignal): Promise<T> => (await read<T>(path, signal)).data

/** A POST that may be sent again after a lost answer: the server does the thing once. */
export async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const json = JSON.stringify(body)
  const intent = `${path} ${json}`
  const key = keys.get(intent) ?? newKey()
  keys.set(intent, key)
  const init = {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: json,
    ...(signal && { signal }),
  }
  const response = await act(path, init)
  if (response.status < 500) keys.delete(intent)
  return (await parse(response)) as T
}

/** A search is a POST only because its question is long: it changes nothing and needs no key. */
export async function ask<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const response = await send(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  })
  return (await parse(response)) as T
}

export async function remove(path: string): Promise<void> {
  const response = await act(path, { method: "DELETE" })
  if (!response.ok) await parse(response)
}

/** Something that changes something. */
const act = (path: string, init: RequestInit) => withKey((key) => sendOnce(path, init, key), true)

const send = (path: string, init: RequestInit) => withKey((key) => sendOnce(path, init, key), false)

async function sendOnce(path: string, init: RequestInit, key: Record<string, string>): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  const headers = { accept: "application/json, application/problem+json", ...init.headers, ...key }
  try {
    return await fetch(path, {
      ...init,
      headers,
      signal: init.signal ? AbortSignal.any([init.signal, timeout]) : timeout,
    })
  } catch (error) {
    if (init.signal?.aborted) throw error
    if (timeout.aborted) {
      throw new ApiError("The server did not answer in time.", { status: 0, code: "timeout", userAction: "Try again." })
    }
    throw new ApiError("The server cannot be reached.", {
      status: 0,
      code: "unreachable",
      userAction: "Check that RoboKit is running and that you are connected, then try again.",
    })
  }
}

async function parse(response: Response): Promise<unknown> {
  const isJson = /[/+]json\b/.test(response.headers.get("content-type") ?? "")
  const body: unknown = isJson ? await response.json().catch(() => undefined) : undefined
  if (!response.ok) throw problemOf(response.status, body, response.headers)
  if (body === undefined) {
    throw new ApiError("The server answered with something that is not JSON.", {
      status: response.status,
      code: "bad_answer",
    })
  }
  return body
}

function remember(path: string, etag: string | null, answer: Answer<unknown>) {
  memory.delete(path)
  if (etag === null) return
  memory.set(path, { etag, answer })
  const oldest = memory.keys().next().value
  if (memory.size > REMEMBERED && oldest !== undefined) memory.delete(oldest)
}

// Not randomUUID: that exists only on https and localhost, and a portal on a lab's network is neither.
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("")
