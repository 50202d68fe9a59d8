import { AppError } from "../error.ts"
import { follow, isEndpoint, resolveAddress } from "../hub/address.ts"
import { hubError } from "../hub/failure.ts"
import { type Answer, type Patience, request } from "../hub/request.ts"
import type { Blocks } from "./blocks.ts"
import type { Budget } from "./budget.ts"
import type { Bytes, FileEntry, Usage } from "./files.ts"

const MAX_HOPS = 5
/** How a file host says that a signed address is no longer good. */
const REFUSALS = [401, 403, 404, 410]

export interface RemoteSource {
  repo_id: string
  revision: string
  usage: Usage
  patience: Patience
  blocks: Blocks
  budget: Budget
  signal: AbortSignal | undefined
  /** Called once bytes of a file were had. */
  touch(path: string): void
}

type OnBytes = (came: number) => void

/**
 * One file at a pinned commit. The first read asks `/resolve` and follows it; the address it ends at is remembered, so
 * that each later range is one request, until that address expires.
 */
export class RemoteFile implements Bytes {
  readonly path: string
  readonly size: number
  readonly #source: RemoteSource
  #address: URL | undefined
  /** While one read asks for the address, the others wait for its answer. */
  #resolving: Promise<void> | undefined
  #etag: string | null | undefined

  constructor({ path, size }: FileEntry, source: RemoteSource) {
    this.path = path
    this.size = size
    this.#source = source
  }

  async read(start: number, end: number, signal = this.#source.signal): Promise<Uint8Array> {
    if (!(start >= 0 && start <= end && end <= this.size)) {
      throw new RangeError(`${this.path}: bytes ${start}–${end} of ${this.size}`)
    }
    if (start === end) return new Uint8Array()
    const { blocks, budget } = this.#source
    return blocks.read(this.path, start, end, signal, (stop) =>
      budget.within(this.path, end - start, (onBytes) => this.#fetch(start, end, stop, onBytes)),
    )
  }

  async #fetch(start: number, end: number, signal: AbortSignal, onBytes: OnBytes): Promise<Uint8Array> {
    // Signed addresses live about an hour; one may also be born expired when the Hub's clock and its file host's differ.
    for (let tried = 0; tried < 3; tried++) {
      while (!this.#address && this.#resolving) await this.#resolving
      const known = this.#address
      const answer = known
        ? await this.#range(known, start, end, signal, onBytes)
        : await this.#resolve(start, end, signal, onBytes)
      if (answer.status === 206) {
        this.#source.touch(this.path)
        return answer.body
      }
      if (this.#address?.href === answer.url.href) this.#address = undefined
    }
    throw hubError("hub_unavailable", `The Hub's file host refuses ${this.path} although the Hub gives it.`)
  }

  /** Asks the Hub where the file is and follows it: the bytes, or the refusal of the host it led to. */
  async #resolve(start: number, end: number, signal: AbortSignal, onBytes: OnBytes): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#resolving = promise
    try {
      let url = resolveAddress(this.#source.repo_id, this.#source.revision, this.path)
      for (let hop = 0; hop <= MAX_HOPS; hop++) {
        const answer = await this.#range(url, start, end, signal, onBytes, isEndpoint(url) ? [] : REFUSALS)
        if (answer.status === 206) this.#address = url
        if (answer.status < 300 || answer.status >= 400) return answer
        this.#mustBePinned(answer)
        url = follow(answer.headers.get("location"), url)
      }
    } finally {
      this.#resolving = undefined
      resolve()
    }
    throw hubError("hub_bad_answer", `The Hub redirected more than ${MAX_HOPS} times on the way to ${this.path}.`)
  }

  #range(url: URL, start: number, end: number, signal: AbortSignal, onBytes: OnBytes, accept = REFUSALS) {
    const { repo_id, revision, usage, patience } = this.#source
    return request(url, {
      subject: { repo_id, revision, path: this.path },
      usage,
      patience,
      signal,
      accept,
      onBytes,
      headers: { range: `bytes=${start}-${end - 1}` },
      max_bytes: 64 * 1024,
      check: (answer) => this.#mustBeRange(answer, start, end),
    })
  }

  /** Refuses what is not the range; gives its length. */
  #mustBeRange({ status, headers }: Omit<Answer, "body">, start: number, end: number): number | undefined {
    // The file ends before this range: it is not the file of the listing.
    if (status === 416) throw this.#changed()
    if (status >= 300) return undefined
    if (status !== 206) throw hubError("hub_bad_answer", `The Hub answered ${status} to a range of ${this.path}.`)
    const encoding = headers.get("content-encoding")
    if (encoding && encoding !== "identity")
      throw hubError("hub_bad_answer", `The Hub compressed a range of ${this.path}.`)
    const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get("content-range") ?? "")
    if (!range || Number(range[1]) !== start || Number(range[2]) !== end - 1) {
      throw hubError("hub_truncated", `The Hub sent other bytes of ${this.path} than were asked for.`)
    }
    const etag = headers.get("etag")
    this.#etag ??= etag
    const isOther = range[3] !== "*" && Number(range[3]) !== this.size
    if (isOther || (etag !== null && this.#etag !== etag)) throw this.#changed()
    return end - start
  }

  #mustBePinned({ headers }: Answer) {
    const commit = headers.get("x-repo-commit")
    const size = headers.get("x-linked-size")
    if (commit !== null && commit !== this.#source.revision) throw this.#changed()
    if (size !== null && Number(size) !== this.size) throw this.#changed()
  }

  #changed(): AppError {
    // The address may lead elsewhere by mistake of a cache; ask anew next time.
    this.#address = undefined
    return new AppError(
      "hub_changed_during_read",
      `${this.path} changed on the Hub while it was read at a pinned commit.`,
      { path: this.path },
    )
  }
}
