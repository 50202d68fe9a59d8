import type { Listing } from "../dataset/schema.ts"
import type { FormatType } from "../format/schema.ts"
import type { JobDefinition } from "../job/define.ts"
import type { Estimate, SizeClass } from "../job/schema.ts"
import { classOf } from "../job/size-class.ts"
import { priceOf, toUsd } from "./price.ts"
import { wholeWork } from "./work.ts"

export interface Quote {
  estimate: Estimate
  size_class: SizeClass
  /** The estimated price, to be reserved. */
  micros: number
}

const NOTHING_KNOWN: Listing = { complete: false, files: 0, bytes: 0, by_kind: {} }

/**
 * What a job will take, from the facts its dataset's import left behind: nothing is read. A job type that does not say
 * otherwise reads everything once. `is_exact` is false when the list was too long to be read whole, or was never kept:
 * the figures are then the least.
 */
export function quote<Params extends Record<string, unknown>>(
  definition: Pick<JobDefinition, "estimate" | "size_class">,
  dataset: { listing: Listing | null; format_type: FormatType },
  params: Params,
): Quote {
  const listing = dataset.listing ?? NOTHING_KNOWN
  const work = definition.estimate?.(listing, params, dataset.format_type) ?? wholeWork(listing)
  const size_class = definition.size_class ?? classOf(work.bytes)
  const micros = priceOf(work, size_class)
  return { estimate: { ...work, price_usd: toUsd(micros), is_exact: listing.complete }, size_class, micros }
}
