import { createHmac, randomBytes, timingSafeEqual } from "node:crypto"

/** What a signed address opens. */
export interface Grant {
  repo: string
  commit: string
  path: string
}

/** Signs and checks addresses of the file host, CloudFront style: a policy, when it ends, and a signature over both. */
export class Signer {
  readonly #key = randomBytes(32)
  readonly #ttl_s: number

  constructor(ttl_s: number) {
    this.#ttl_s = ttl_s
  }

  /** Query of a signed address; `expired` makes one that is over already. */
  sign(grant: Grant, expired: boolean): URLSearchParams {
    const expires = Math.floor(Date.now() / 1000) + (expired ? -1 : this.#ttl_s)
    const policy = Buffer.from(JSON.stringify(grant)).toString("base64url")
    return new URLSearchParams({
      "X-Amz-Expires": String(this.#ttl_s),
      Expires: String(expires),
      Policy: policy,
      Signature: this.#signature(policy, String(expires)).toString("base64url"),
      "Key-Pair-Id": "K2SAMPLEHUB",
    })
  }

  /** The grant, or null when the address is forged or over. */
  open(query: URLSearchParams): Grant | null {
    const policy = query.get("Policy") ?? ""
    const expires = query.get("Expires") ?? ""
    const given = Buffer.from(query.get("Signature") ?? "", "base64url")
    const right = this.#signature(policy, expires)
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null
    if (Number(expires) * 1000 <= Date.now()) return null
    return JSON.parse(Buffer.from(policy, "base64url").toString()) as Grant
  }

  /** What an address says it opens, whether or not it does; for faults to match on. */
  peek(query: URLSearchParams): Grant | null {
    try {
      const said = JSON.parse(Buffer.from(query.get("Policy") ?? "", "base64url").toString()) as Partial<Grant> | null
      const texts = [said?.repo, said?.commit, said?.path]
      return texts.every((each) => typeof each === "string") ? (said as Grant) : null
    } catch (cause) {
      if (cause instanceof SyntaxError) return null
      throw cause
    }
  }

  #signature(policy: string, expires: string): Buffer {
    return createHmac("sha256", this.#key).update(`${policy}\n${expires}`).digest()
  }
}
