import { AppError } from "@robokit/core/error"
import type { Runner } from "@robokit/core/job/execute"
import { Job } from "@robokit/core/job/job"
import type { JobMessage } from "@robokit/core/job/schema"

const DIES = 0.02
const SLEEPS = 0.03
const STUMBLES = 0.03
/** A third death, or an eighth failure, would rightly end the job. */
const MOST_DEATHS = 2
const MOST_STUMBLES = 3

/** What befalls workers: they die with the job in their hands, sleep until others have it, or meet bad weather. */
export function faultsOf(random: () => number, known: readonly string[]) {
  const deaths = new Map<string, number>()
  const stumbles = new Map<string, number>()
  const counts = { deaths: 0, sleeps: 0, stumbles: 0 }
  const sleepers: (() => void)[] = []
  const keyOf = ({ job_id, shard_id }: Pick<JobMessage, "job_id" | "shard_id">) => `${job_id}/${shard_id ?? ""}`

  function mayBefall(kind: Map<string, number>, most: number, share: number, key: string) {
    const before = kind.get(key) ?? 0
    if (before >= most || random() >= share) return false
    kind.set(key, before + 1)
    return true
  }

  return {
    counts,
    /** Claims, and is never heard of again. */
    async dies(message: JobMessage) {
      const { job_id, shard_id } = message
      if (!mayBefall(deaths, MOST_DEATHS, DIES, keyOf(message))) return false
      const lease = await (shard_id === undefined ? Job.claim(job_id, known) : Job.claimShard(shard_id, known))
      if (lease) counts.deaths++
      return true
    },
    around:
      (message: JobMessage, run: Runner, onSleep: () => void): Runner =>
      async (...all) => {
        if (mayBefall(deaths, MOST_DEATHS, SLEEPS, keyOf(message))) {
          counts.sleeps++
          onSleep()
          await new Promise<void>((wake) => sleepers.push(wake))
        }
        if (mayBefall(stumbles, MOST_STUMBLES, STUMBLES, keyOf(message))) {
          counts.stumbles++
          throw new AppError("hub_timeout", "Slow.", { retry_after_ms: 60_000 })
        }
        return run(...all)
      },
    /** Some of those who sleep wake up, too late. */
    wakeSome(share: number) {
      for (const wake of sleepers.splice(0, Math.ceil(sleepers.length * share))) wake()
    },
  }
}
