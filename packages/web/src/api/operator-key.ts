/**
 * The operator's key: asked for when an action needs it, kept for this tab until it is closed, sent with every request.
 * On a stage without one nothing here ever happens.
 */
const STORED_AS = "robokit.operator_key"
/** Cheap, and needs no database. */
const CHECKED_AT = "/api/v1/hub"
/** A header can carry nothing else, and no key has anything else. */
const SENDABLE = /^[\x21-\x7e]+$/

/** Why the key is asked for: for as long as `wait_s` says, the server looks at nobody's key from here. */
export type Why = "needed" | "changed" | "wrong" | "unreachable" | { wait_s: number }

export interface Question {
  why: Why
  /** A key was given, and the server is being asked about it. */
  isChecking: boolean
  /** With the key, or null when there is none to be had. */
  answer(key: string | null): void
}

interface State {
  key: string | null
  question: Question | null
}

let state: State = { key: stored(), question: null }
const listeners = new Set<() => void>()

export const operatorKey = () => state

export function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

function change(changes: Partial<State>) {
  state = { ...state, ...changes }
  for (const listener of listeners) listener()
}

export const forgetKey = () => keep(null)

type Send = (authorization: Record<string, string>) => Promise<Response>

/**
 * Sends a request with the key there is. An action that needs a key, or another one, asks for it and is sent again; when
 * nobody knows one, the answer is the refusal. Reading goes on without a key that is refused.
 */
export async function withKey(send: Send, isAction: boolean): Promise<Response> {
  const { key } = state
  const response = await send(headerOf(key))
  const refusal = await refusalOf(response)
  if (refusal === null) return response
  // Another action has learnt a better one while this was under way.
  if (state.key !== null && state.key !== key) return withKey(send, isAction)
  const isStale = key !== null && refusal === "key"
  if (isStale) keep(null)
  if (!isAction) return key === null ? response : send({})
  const learnt = await learnKey(refusal === "key" ? (isStale ? "changed" : "needed") : refusal)
  return learnt === null ? response : send(headerOf(learnt))
}

/** One dialog for all who need the key while it is being asked for. */
let learning: Promise<string | null> | undefined

/** Asks for the key until the server accepts one, which is then kept; null when that was given up. */
export const learnKey = (why: Why = "needed"): Promise<string | null> =>
  (learning ??= insist(why).finally(() => {
    learning = undefined
    change({ question: null })
  }))

async function insist(first: Why): Promise<string | null> {
  for (let why: Why | null = first; ;) {
    const key: string | null = await ask(why)
    if (key === null) return null
    why = SENDABLE.test(key) ? await check(key) : "wrong"
    if (why !== null) continue
    keep(key)
    return key
  }
}

async function ask(why: Why): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>()
  const question = { why, isChecking: false, answer: (key: string | null) => resolve(key?.trim() ?? null) }
  change({ question })
  const key = await promise
  change({ question: { ...question, isChecking: true } })
  return key
}

/** What is wrong with the key, null when it is the one. Asked apart from the action, which may take its time. */
async function check(key: string): Promise<Why | null> {
  try {
    const response = await fetch(CHECKED_AT, { headers: headerOf(key), cache: "no-store", signal: patience() })
    const refusal = await refusalOf(response)
    return refusal === "key" ? "wrong" : (refusal ?? (response.ok ? null : "unreachable"))
  } catch {
    return "unreachable"
  }
}

const patience = () => AbortSignal.timeout(10_000)

const headerOf = (key: string | null) => (key === null ? {} : { authorization: `Bearer ${key}` })

/** Whether the key is why this was refused; null when it is not. */
async function refusalOf(response: Response): Promise<"key" | { wait_s: number } | null> {
  if (response.status !== 401 && response.status !== 429) return null
  // Whatever else a proxy may have put there is not about our key.
  const problem = (await response
    .clone()
    .json()
    .catch(() => null)) as { code?: unknown } | null
  if (problem?.code === "operator_key_required") return "key"
  if (problem?.code === "too_many_wrong_keys") return { wait_s: Number(response.headers.get("retry-after")) || 60 }
  return null
}

function keep(key: string | null) {
  try {
    if (key === null) sessionStorage.removeItem(STORED_AS)
    else sessionStorage.setItem(STORED_AS, key)
  } catch {
    // Storage is switched off: the key holds until the page is left.
  }
  if (key !== state.key) change({ key })
}

function stored(): string | null {
  try {
    return sessionStorage.getItem(STORED_AS)
  } catch {
    return null
  }
}
