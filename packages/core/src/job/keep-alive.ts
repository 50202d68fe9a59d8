import { config } from "../config.ts"
import { log } from "../log.ts"
import { heartbeat, type Lease, type Progress, progress as writeProgress } from "./lease.ts"
import type { JobUsage } from "./schema.ts"

export const LOST = Symbol("lease lost")

const PROGRESS_MS = 2000

export interface Alive {
  /** Written at most every 2 s, the newest wins. */
  progress(progress: Progress): void
  /** Ends the beating; resolves when no write is under way any more. */
  stop(): Promise<void>
}

/**
 * Renews the lease at most every third of it, up to 20 % early so that many workers do not beat as one, and writes
 * progress. Calls `onLost` once when the lease is somebody else's, or when it could not be renewed in time and may be.
 */
export function keepAlive(lease: Lease, usage: () => JobUsage, onLost: () => void): Alive {
  const leaseMs = config().JOB_LEASE_SECONDS * 1000
  const everyMs = Math.min(15_000, leaseMs / 3)
  let held_until = performance.now() + leaseMs
  let stopped = false
  let news: Progress | undefined
  let written_at = -Infinity
  let writing: Promise<void> = Promise.resolve()
  let beatTimer: NodeJS.Timeout | undefined
  let progressTimer: NodeJS.Timeout | undefined

  const lost = () => {
    if (stopped) return
    stopped = true
    clearTimeout(beatTimer)
    clearTimeout(progressTimer)
    onLost()
  }

  /** One write after the other; false from the database means that the job is gone. */
  const write = (work: () => Promise<boolean>, onKept?: () => void) => {
    writing = writing.then(async () => {
      if (stopped) return
      try {
        if (await work()) onKept?.()
        else lost()
      } catch (error) {
        log().warn({ err: error }, "the job's row could not be written")
      }
    })
    return writing
  }

  const beat = async () => {
    const asked = performance.now()
    await write(
      () => heartbeat(lease),
      () => void (held_until = asked + leaseMs),
    )
    if (performance.now() >= held_until) lost()
    schedule()
  }
  const schedule = () => {
    if (stopped) return
    const pause = everyMs * (0.8 + 0.2 * Math.random())
    beatTimer = setTimeout(() => void beat(), Math.max(0, Math.min(pause, held_until - performance.now())))
  }
  schedule()

  const flush = () => {
    progressTimer = undefined
    written_at = performance.now()
    const latest = news
    news = undefined
    if (latest) void write(() => writeProgress(lease, latest, usage()))
  }

  return {
    progress(latest) {
      news = { ...news, ...latest }
      // The first goes out at once: somebody is looking at 0 %.
      if (!stopped) progressTimer ??= setTimeout(flush, Math.max(0, written_at + PROGRESS_MS - performance.now()))
    },
    async stop() {
      stopped = true
      clearTimeout(beatTimer)
      clearTimeout(progressTimer)
      await writing
    },
  }
}
