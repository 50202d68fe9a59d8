import type { Queue } from "@robokit/core/job/queue"
import type { JobMessage } from "@robokit/core/job/schema"

const DROPPED = 0.05
const REFUSED = 0.02
const DOUBLED = 0.3
const MOST_COPIES = 10
const DELAYED = 0.1

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomOf(seed: number) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * A queue that does what SQS may do, and worse: messages come up to ten times, in any order, late, or never, and some are
 * not even taken. What is late waits until `timePasses`.
 */
export function lossyQueue(random: () => number) {
  const ready: JobMessage[] = []
  const late: JobMessage[] = []
  const counts = { messages: 0, copies: 0, dropped: 0, refused: 0, delayed: 0 }

  function accept(body: JobMessage, isDelayed: boolean) {
    counts.messages++
    if (random() < DROPPED) return void counts.dropped++
    const copies = random() < DOUBLED ? 1 + Math.ceil(random() * (MOST_COPIES - 1)) : 1
    counts.copies += copies
    for (let copy = 0; copy < copies; copy++) {
      const isLate = isDelayed || random() < DELAYED
      if (isLate) counts.delayed++
      ;(isLate ? late : ready).push(body)
    }
  }

  return {
    counts,
    deliver: async (wake: Queue.Wake) => {
      if (wake.to === "sweep") return
      if (random() < REFUSED) {
        counts.refused++
        throw new Error("the queue is down")
      }
      if (wake.to === "shards") for (const body of wake.bodies) accept(body, false)
      else accept(wake.body, (wake.delay_seconds ?? 0) > 1)
    },
    /** Any of those that are there. */
    take(): JobMessage | undefined {
      const at = Math.floor(random() * ready.length)
      const last = ready.pop()
      if (last === undefined || at >= ready.length) return last
      const taken = ready[at]!
      ready[at] = last
      return taken
    },
    timePasses: () => void ready.push(...late.splice(0)),
  }
}
