import { AppError } from "@robokit/core/error"
import { memoryFiles } from "@robokit/core/files/memory"
import { execute, type Runner } from "@robokit/core/job/execute"
import { Job } from "@robokit/core/job/job"
import { perform } from "@robokit/core/job/perform"
import type { Registry } from "@robokit/core/job/registry"
import { jobs } from "@robokit/core/job/registry"
import type { JobMessage } from "@robokit/core/job/schema"
import { forgetNudge, sweep } from "@robokit/core/job/sweep"
import {
  catchMessages,
  harnessJob,
  harnessShards,
  importDataset,
  keepObjects,
  outcome,
} from "@robokit/core/test/engine"
import type postgres from "postgres"
import { violations } from "./invariants.ts"
import { LATER } from "./later.ts"
import { strayObjects } from "./objects-kept.ts"
import { gate } from "./steps.ts"

/** Sums 0…2, one a shard, in two stages. */
const SUM = 3
const registry = {
  // An import starts it.
  metadata_extraction: { ...harnessJob(), version: jobs.metadata_extraction.version },
  quick: harnessJob(),
  refuses: harnessJob(() => Promise.reject(new AppError("dataset_malformed", "It contradicts itself."))),
  parts: harnessShards({
    plan: async () => [0, 1, 2].map((at) => ({ weight: 1, input: { at } })),
    run: async ({ at }) => ({ at }),
    reduce: async (partials, { stage }) => {
      const sum = partials.reduce((all, { at }) => all + Number(at), 0)
      return stage === 1 ? { shards: [{ weight: 1, input: { at: sum } }] } : outcome({ sum })
    },
  }),
} satisfies Registry
const KNOWN = Object.keys(registry)

const ROUNDS = 40
const EMPTY = `delete from dataset; delete from outbox; delete from sweep;
  truncate chaos.terminal, chaos.effect, chaos.claim, chaos.beat`

export type World = ReturnType<typeof openWorld>

/** A database and, in place of queue and bucket, lists: what one process leaves in them the next one finds. */
export function openWorld(sql: postgres.Sql) {
  const queue = catchMessages()
  const objects = keepObjects()
  gate(queue, objects)
  let read = 0

  const inPlace: Runner = (task, watch, signal) =>
    perform(task, { registry, openFiles: () => memoryFiles({}), watch, signal })
  const run = ({ job_id, shard_id }: Pick<JobMessage, "job_id" | "shard_id">) =>
    execute(job_id, { shard_id, registry, run: inPlace, time_limit_ms: 60_000 })

  async function deliver() {
    for (; read < queue.sent.length; read++) {
      const wake = queue.sent[read]!
      if (wake.to === "sweep") continue
      for (const body of wake.to === "shards" ? wake.bodies : [wake.body]) await run(body)
    }
  }
  const isOpen = async () => {
    const [row] = await sql<{ open: boolean }[]>`select
      exists(select from job where status in ('pending', 'running')) or exists(select from outbox where sent_at is null) as open`
    return row!.open
  }

  return {
    registry,
    queue,
    objects,
    run,
    sweep: () => sweep(KNOWN),
    later: async () => void (await sql.unsafe(LATER)),
    /** Messages sent so far are lost. */
    forgetMessages: () => void (read = queue.sent.length),
    async empty() {
      await sql.unsafe(EMPTY)
      objects.clear()
      read = queue.sent.length = 0
      forgetNudge()
    },
    /** A dataset, and its job done. */
    async imported() {
      const { id } = await importDataset()
      await deliver()
      return id
    },
    start: async (dataset_id: number, type: keyof typeof registry, n = 0) =>
      (await Job.start(dataset_id, type, { n }, registry)).job.id,
    deliver,
    /** What another process does in the next minutes: sweeps, and whatever is then to be done. */
    async heal() {
      for (let round = 0; round < ROUNDS; round++) {
        await deliver()
        if (!(await isOpen())) return
        await sql.unsafe(LATER)
        await sweep(KNOWN)
      }
    },
    /** The jobs there are, by type. */
    jobs: () =>
      sql<
        { id: number; job_type: string; state_detail: string; result: Record<string, unknown> | null }[]
      >`select id, job_type, state_detail, result from job order by id`,
    /** What does not hold once all has healed. */
    async wrong() {
      const found = [...(await violations(sql, { ended: true })), ...(await strayObjects(sql, objects))]
      for (const { id, job_type, state_detail, result } of await this.jobs()) {
        const isSum = job_type !== "parts" || state_detail !== "completed" || result?.sum === SUM
        if (!isSum) found.push(`job ${id} lost or doubled a part: ${JSON.stringify(result)}`)
      }
      return found
    },
  }
}
