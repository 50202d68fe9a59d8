import type { Kind } from "./route.ts"

export type Bucket = "api" | "resolvers" | "pages"

/** Requests a window allows. */
export type Quota = Readonly<Record<Bucket, number>>

export interface QuotaOptions {
  anonymous?: Partial<Quota>
  /** For requests with a token. */
  user?: Partial<Quota>
  window_s?: number
}

// The Hub's documented tiers of September 2025.
const ANONYMOUS_QUOTA: Quota = { api: 500, resolvers: 3_000, pages: 100 }
const USER_QUOTA: Quota = { api: 1_000, resolvers: 5_000, pages: 200 }
/** The largest tier there is. */
export const LARGEST_QUOTA: Quota = { api: 100_000, resolvers: 500_000, pages: 10_000 }

export const bucketOf = (kind: Kind): Bucket =>
  kind === "resolve" || kind === "resolve_cache" ? "resolvers" : kind === "other" ? "pages" : "api"

/** Fixed windows per caller and bucket, announced as draft 9 of the IETF's RateLimit headers has it. */
export class Limits {
  readonly #anonymous: Quota
  readonly #user: Quota
  readonly #window_s: number
  readonly #used = new Map<string, number>()
  #window = -1

  constructor({ anonymous, user, window_s = 300 }: QuotaOptions = {}) {
    this.#anonymous = { ...ANONYMOUS_QUOTA, ...anonymous }
    this.#user = { ...USER_QUOTA, ...user }
    this.#window_s = window_s
  }

  /** Counts one request; `allowed` is false once the window is used up. */
  take(caller: string, hasToken: boolean, bucket: Bucket) {
    const now_s = Date.now() / 1000
    const window = Math.floor(now_s / this.#window_s)
    if (window !== this.#window) this.#used.clear()
    this.#window = window
    const key = `${bucket} ${caller}`
    const used = (this.#used.get(key) ?? 0) + 1
    this.#used.set(key, used)
    const quota = (hasToken ? this.#user : this.#anonymous)[bucket]
    const reset_s = Math.max(1, Math.ceil((window + 1) * this.#window_s - now_s))
    return { allowed: used <= quota, headers: this.headers(bucket, Math.max(0, quota - used), quota, reset_s) }
  }

  headers(bucket: Bucket, remaining: number, quota: number, reset_s: number): Record<string, string> {
    return {
      ratelimit: `"${bucket}";r=${remaining};t=${reset_s}`,
      "ratelimit-policy": `"fixed window";"${bucket}";q=${quota};w=${this.#window_s}`,
    }
  }
}
