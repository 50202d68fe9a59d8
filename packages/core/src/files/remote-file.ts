import { AppError } from "../error.ts"
import { follow, isEndpoint, resolveAddress } from "../hub/address.ts"
import { hubError } from "../hub/failure.ts"
import { type Answer, type Patience, request } from "../hub/request.ts"
import type { Blocks } from "./blocks.ts"
import type { Bytes, FileEntry, Usage } from "./files.ts"

const MAX_HOPS = 5

export interface RemoteSource {
  repo_id: string
  revision: string
  usage: Usage
  patience: Patience
  blocks: Blocks
  signal: AbortSignal | undefined
  /** Called before bytes are fetched; throws when they would exceed the budget. */
  spend(path: string, bytes: number): void
}

/**
 * One file at a pinned commit. The first read asks `/resolve` and follows it; the address it ends at is remembered, so
 * that each later range is one request, until that address expires.
 */
export class RemoteFile implements Bytes {
  readonly path: string
  readonly size: number
  readonly #source: RemoteSource
  #address: URL | undefined
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
    return this.#source.blocks.read(this.path, start, end, () => this.#fetch(start, end, signal))
  }

  async #fetch(start: number, end: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    this.#source.spend(this.path, end - start)
    if (this.#address) {
      const known = this.#address
      const answer = await this.#range(known, start, end, signal, [401, 403, 404, 410])
      if (answer.status === 206) return answer.body
      // Signed addresses live about an hour; ask the Hub for a new one.
      if (this.#address === known) this.#address = undefined
    }
    return this.#resolve(start, end, signal)
  }

  async #resolve(start: number, end: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const { repo_id, revision } = this.#source
    // Born expired happens when the Hub's clock and its file host's differ; once more is enough.
    for (let tried = 0; tried < 2; tried++) {
      let url = resolveAddress(repo_id, revision, this.path)
      for (let hop = 0; hop <= MAX_HOPS; hop++) {
        const refusals = isEndpoint(url) ? [] : [401, 403, 404, 410]
        const answer = await this.#range(url, start, end, signal, refusals)
        if (answer.status === 206) {
          this.#address = url
          return answer.body
        }
        if (answer.status >= 400) break
        this.#mustBePinned(answer)
        url = follow(answer.headers.get("location"), url)
      }
    }
    throw hubError("hub_unavailable", `The Hub's file host refuses ${this.path} although the Hub gives it.`)
  }

  #range(url: URL, start: number, end: number, signal: AbortSignal | undefined, accept: readonly number[]) {
    const { repo_id, revision, usage, patience } = this.#source
    return request(url, {
      subject: { repo_id, revision, path: this.path },
      usage,
      patience,
      signal,
      accept,
      headers: { range: `bytes=${start}-${end - 1}` },
      max_bytes: Math.max(end - start, 64 * 1024),
      check: (answer) => answer.status < 300 && this.#mustBeRange(answer, start, end),
    })
  }

  #mustBeRange({ status, headers }: Omit<Answer, "body">, start: number, end: number) {
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
    const length = headers.get("content-length")
    if (length !== null && Number(length) !== end - start) {
      throw hubError("hub_truncated", `The Hub announced ${length} bytes of ${this.path} instead of ${end - start}.`)
    }
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
      {
        path: this.path,
      },
    )
  }
}
