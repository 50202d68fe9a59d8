import type { Listing } from "../dataset/schema.ts"

/** What a run reads and how long it takes; the price follows from it. */
export interface Work {
  /** HTTP requests to the Hub, redirects included. */
  requests: number
  bytes: number
  compute_ms: number
}

/** A thread, a row claimed and a result written: `bench/cost-inputs.json`, whose sample Hub answers at once. */
const START_MS = 250
/** Waiting for the Hub, one request after the other: `bench/assumptions.json`. */
const HUB_MS = 150
/** Decoding tables, the slowest of what is done with bytes: 16 MB/s (hyparquet, 100,000 rows). */
const BYTES_PER_MS = 16_000

/** The work of reading `bytes` with `requests`. */
export const workOf = (requests: number, bytes: number): Work => ({
  requests,
  bytes,
  compute_ms: START_MS + requests * HUB_MS + Math.ceil(bytes / BYTES_PER_MS),
})

/** Files of one page of the Hub's tree, and the bytes of JSON that each takes there: a path, a size and two hashes. */
const FILES_PER_PAGE = 1000
const BYTES_PER_FILE = 320

/** Walking the list of files, whose end is known to nobody who saw the first page only. */
export const listingWork = ({ files }: Pick<Listing, "files">) => ({
  requests: Math.max(1, Math.ceil(files / FILES_PER_PAGE)),
  bytes: files * BYTES_PER_FILE,
})

/** What of a kind is read when of at most `files` files the first `most` bytes are. */
export function partOf(listing: Listing, kind: keyof Listing["by_kind"], limits?: { files: number; most: number }) {
  const there = listing.by_kind[kind] ?? { files: 0, bytes: 0 }
  if (!limits) return there
  const files = Math.min(there.files, limits.files)
  return { files, bytes: Math.min(there.bytes, files * limits.most) }
}

/** Everything, once: a listing, and each file with the redirect that leads to it. */
export function wholeWork(listing: Listing): Work {
  const list = listingWork(listing)
  return workOf(list.requests + 2 * listing.files, list.bytes + listing.bytes)
}
