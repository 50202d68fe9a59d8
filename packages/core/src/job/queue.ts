import type { JobMessage, SizeClass, SweepMessage } from "./schema.ts"

export * as Queue from "./queue.ts"

/** `size_class` says which workers hear it. A worker that is too small passes it on (`class-due.ts`). */
export type Wake =
  | { to: "job"; size_class: SizeClass; body: JobMessage; delay_seconds?: number }
  /** At most ten in one call. */
  | { to: "shards"; size_class: SizeClass; bodies: JobMessage[] }
  | { to: "sweep"; body: SweepMessage; delay_seconds?: number }

export type Deliver = (wake: Wake) => Promise<void>

/** The most SQS can hold a message back. */
export const MAX_DELAY_SECONDS = 900

const overSqs: Deliver = async (wake) => (await import("./sqs-deliver.ts")).overSqs(wake)

let deliver: Deliver = overSqs

/** Says that there may be something to do. Losing or doubling it does no harm: the row is the truth. */
export const send: Deliver = (wake) => deliver(wake)

/** The one seam to the queue; tests catch messages here. Without an argument: SQS again. */
export const deliverWith = (next: Deliver = overSqs) => void (deliver = next)
