import type { JobUsage, SizeClass } from "../job/schema.ts"
import list from "./prices.json" with { type: "json" }

/** MB of a worker of each class; what a Lambda costs goes by its memory. */
export const MEMORY_MB = { light: 1024, medium: 3008, heavy: 8192 } as const satisfies Record<SizeClass, number>

const MB_PER_GB = 1024
const MICROS = 1e6
/** A message is sent, received and deleted. */
const SQS_REQUESTS = 3

const usd = (item: keyof typeof list.prices, quantity: number) =>
  (quantity * list.prices[item].usd) / list.prices[item].per

/** What one run costs beside its time: an invocation, its message, and one file of results. */
const RUN_USD = usd("lambda_requests", 1) + usd("sqs_requests", SQS_REQUESTS) + usd("s3_puts", 1)

/**
 * What a run with this usage costs on AWS by its list prices, in whole millionths of a dollar, rounded up; nothing for
 * none. Bytes and requests to the Hub cost the time they take: AWS charges nothing for what comes in. A laptop is reckoned
 * alike. An estimate, not a bill: free tiers, the database and the portal are not in it (`npm run cost` has them).
 */
export function priceOf({ requests, bytes, compute_ms }: JobUsage, size_class: SizeClass): number {
  if (requests === 0 && bytes === 0 && compute_ms === 0) return 0
  const gb_s = (compute_ms / 1000) * (MEMORY_MB[size_class] / MB_PER_GB)
  // What binary fractions leave behind the sixth place is no millionth more.
  return Math.ceil((usd("lambda_gb_s", gb_s) + RUN_USD) * MICROS - 1e-6)
}

/** The price of what one run added to the usage before it, in micros. */
export const priceOfStep = (after: JobUsage, before: JobUsage, size_class: SizeClass): number =>
  priceOf(
    {
      requests: after.requests - before.requests,
      bytes: after.bytes - before.bytes,
      compute_ms: after.compute_ms - before.compute_ms,
    },
    size_class,
  )

export const toUsd = (micros: number) => micros / MICROS
export const toMicros = (dollars: number) => Math.round(dollars * MICROS)
