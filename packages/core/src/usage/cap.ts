import { AppError } from "../error.ts"
import type { Estimate, SizeClass } from "../job/schema.ts"
import { priceOf } from "./price.ts"

/** An estimate that is half right must not stop a small job. */
const LEEWAY_BYTES = 64 * 1024 * 1024
/** The time of one whole run on AWS. */
const RUN_MS = 300_000

interface Capped {
  estimate: Estimate | null
  size_class: SizeClass
  read_bytes: number
  reserved_micros: number
  due_micros: number
}

/** Bytes that a job may read; undefined when nobody knew the whole list of files, and so how much there is. */
function capOf({ estimate }: Pick<Capped, "estimate">) {
  if (!estimate?.is_exact) return undefined
  return Math.max(2 * estimate.bytes, estimate.bytes + LEEWAY_BYTES)
}

/**
 * Bytes that the next step of a job may read. An attempt that follows one which came to nothing has them all again; a
 * reduce, which brings what was found to its end, has the leeway at least.
 */
export function bytesLeft(job: Pick<Capped, "estimate" | "read_bytes">, isShard: boolean): number | undefined {
  const cap = capOf(job)
  return cap === undefined ? undefined : Math.max(isShard ? 0 : LEEWAY_BYTES, cap - job.read_bytes)
}

/**
 * Why no further step of a job may begin: it has read, or cost, twice what was estimated and reserved. What is under way
 * goes on, so that a job goes over its cap by the steps at work and no more.
 */
export function overCap(job: Capped): AppError | undefined {
  if (!job.estimate?.is_exact) return undefined
  if (bytesLeft(job, true) === 0)
    return exceeded(`${job.read_bytes} bytes were read, ${job.estimate.bytes} were estimated.`)
  const run = priceOf({ requests: 0, bytes: 0, compute_ms: RUN_MS }, job.size_class)
  const most = Math.max(2 * job.reserved_micros, job.reserved_micros + run)
  if (job.due_micros <= most) return undefined
  return exceeded(`It has cost $${job.due_micros / 1e6}, and $${job.reserved_micros / 1e6} were reserved.`)
}

const exceeded = (why: string) => new AppError("budget_exceeded", `The job took more than twice its estimate: ${why}`)
