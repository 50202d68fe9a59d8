import { isIPv6 } from "node:net"
import { log } from "@robokit/core/log"
import type { Context } from "hono"

const MOST = 10
const WINDOW_MS = 60_000
/** Addresses remembered; the one that began first is forgotten first. */
const MAX_ADDRESSES = 10_000

interface Window {
  wrong: number
  ends: number
}

/**
 * Ten wrong keys a minute for each address; after that none of its keys is looked at until the minute is over. Counted in
 * this process: every Lambda environment counts for itself, so that N of them allow N times as many. A key that cannot be
 * guessed is what protects; this keeps the logs short and a careless script away.
 */
export class WrongKeys {
  readonly #windows = new Map<string, Window>()

  /** Whole seconds until a key of this address is looked at again; 0 for now. */
  wait(address: string, now = Date.now()): number {
    const window = this.#windows.get(address)
    return !window || window.ends <= now || window.wrong < MOST ? 0 : Math.ceil((window.ends - now) / 1000)
  }

  count(address: string, now = Date.now()) {
    const window = this.#windows.get(address)
    if (window && window.ends > now) {
      window.wrong++
      if (window.wrong === MOST) log().warn({ address }, "ten wrong keys within a minute from one address")
      return
    }
    this.#windows.delete(address)
    this.#windows.set(address, { wrong: 1, ends: now + WINDOW_MS })
    const [oldest] = this.#windows.keys()
    if (this.#windows.size > MAX_ADDRESSES && oldest !== undefined) this.#windows.delete(oldest)
  }

  get size() {
    return this.#windows.size
  }
}

/**
 * Whose request it is. A proxy adds the address it was called from at the end of `X-Forwarded-For`; everything before may
 * be the client's own invention. Without a proxy it is who called the function. IPv6 by its /64: one household.
 */
export function addressOf(c: Context): string {
  const forwarded = c.req.header("x-forwarded-for")?.split(",").at(-1)?.trim()
  const event = (c.env as { event?: { requestContext?: { http?: { sourceIp?: string } } } } | undefined)?.event
  const address = forwarded || event?.requestContext?.http?.sourceIp || "unknown"
  return isIPv6(address) ? networkOf(address) : address.slice(0, 64)
}

function networkOf(address: string): string {
  const [head = "", tail] = address.split("::")
  const groups = head.split(":").filter((each) => each !== "")
  const zeros = tail === undefined ? [] : Array.from({ length: 4 }, () => "0")
  return `${[...groups, ...zeros].slice(0, 4).join(":").toLowerCase()}::/64`
}
