import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { Dataset } from "@robokit/core/dataset/dataset"
import { AppError } from "@robokit/core/error"
import { Job } from "@robokit/core/job/job"
import { importDataset, newSha } from "@robokit/core/test/engine"
import { limitTo } from "../model/sequences.ts"
import type { World } from "../world.ts"

/** Something a process does that may die in the middle of it. */
export interface Scenario {
  /** Prepares it, and gives what is to be done. */
  prepare(world: World): Promise<{
    act(): Promise<unknown>
    /** What whoever asked for it does when no answer came, and what must be true once all has healed. */
    after?(): Promise<unknown>
  }>
}

const orElse = (code: AppError["code"]) => (error: unknown) => {
  if (error instanceof AppError && error.code === code) return undefined
  throw error
}
const stateOf = async (world: World, id: number) => (await world.jobs()).find((job) => job.id === id)?.state_detail

/** A job of this type whose message is at hand. */
const running =
  (type: "quick" | "refuses" | "parts", ends: string): Scenario["prepare"] =>
  async (world) => {
    const id = await world.start(await world.imported(), type)
    world.forgetMessages()
    return {
      act: () => world.run({ job_id: id }),
      after: async () => assert.equal(await stateOf(world, id), ends),
    }
  }

/** A job in parts of which all but `left` are done. */
async function inParts(world: World, left: number) {
  const dataset_id = await world.imported()
  const id = await world.start(dataset_id, "parts")
  world.forgetMessages()
  const from = world.queue.sent.length
  await world.run({ job_id: id })
  const shards = world.queue.sent.slice(from).flatMap((wake) => (wake.to === "shards" ? wake.bodies : []))
  for (const shard of shards.slice(left)) await world.run(shard)
  return { dataset_id, id, shards, completes: async () => assert.equal(await stateOf(world, id), "completed") }
}

export const SCENARIOS = {
  "create a dataset": {
    async prepare(world) {
      const revision = newSha()
      const repo_id = `acme/${randomBytes(4).toString("hex")}`
      const create = () => importDataset({ repo_id, revision })
      const after = async () => {
        // Nobody answered, so it is asked for again.
        await create().catch(orElse("dataset_exists"))
        await world.heal()
        assert.deepEqual(
          (await world.jobs()).map(({ state_detail }) => state_detail),
          ["completed"],
        )
      }
      return { act: create, after }
    },
  },
  "start a job": {
    async prepare(world) {
      const dataset_id = await world.imported()
      const start = () => world.start(dataset_id, "quick")
      const after = async () => {
        const id = await start()
        await world.heal()
        const all = (await world.jobs()).filter(({ job_type }) => job_type === "quick")
        assert.deepEqual(
          all.map((job) => [job.id, job.state_detail]),
          [[id, "completed"]],
        )
      }
      return { act: start, after }
    },
  },
  "run a job to its end": { prepare: running("quick", "completed") },
  "run a job that fails": { prepare: running("refuses", "failed") },
  "plan a job in parts": { prepare: running("parts", "completed") },
  "finish the last part": {
    async prepare(world) {
      const { shards, completes } = await inParts(world, 1)
      return { act: () => world.run(shards[0]!), after: completes }
    },
  },
  "open another stage": {
    async prepare(world) {
      const { id, completes } = await inParts(world, 0)
      return { act: () => world.run({ job_id: id }), after: completes }
    },
  },
  "cancel a job": {
    async prepare(world) {
      const dataset_id = await world.imported()
      const id = await world.start(dataset_id, "quick")
      world.forgetMessages()
      const cancel = () => Job.cancel(dataset_id, id)
      const after = async () => {
        await cancel().catch(orElse("job_finished"))
        await world.heal()
        assert.match((await stateOf(world, id))!, /^(cancelled|completed)$/)
      }
      return { act: cancel, after }
    },
  },
  "cancel a job that runs by its parts": {
    async prepare(world) {
      const { dataset_id, id } = await inParts(world, 2)
      return {
        act: () => Job.cancel(dataset_id, id),
        after: async () => assert.match((await stateOf(world, id))!, /^(cancelled|completed)$/),
      }
    },
  },
  "retry a job in parts": {
    async prepare(world) {
      const { dataset_id, id } = await inParts(world, 2)
      await Job.cancel(dataset_id, id)
      const retry = () => Job.retry(dataset_id, id, world.registry)
      const after = async () => {
        await retry().catch(orElse("job_not_failed"))
        await world.heal()
        assert.equal(await stateOf(world, id), "completed")
      }
      return { act: retry, after }
    },
  },
  "delete a dataset": {
    async prepare(world) {
      const dataset_id = await world.imported()
      const { shards } = await inParts(world, 2)
      await world.run(shards[0]!)
      const remove = () => Dataset.remove(dataset_id)
      const after = async () => {
        await remove().catch(orElse("not_found"))
        await world.heal()
        assert.equal(
          [...world.objects.keys()].some((key) => key.startsWith(`results/${dataset_id}/`)),
          false,
        )
      }
      return { act: remove, after }
    },
  },
  sweep: {
    async prepare(world) {
      const { dataset_id } = await inParts(world, 2)
      await world.start(dataset_id, "quick")
      await Dataset.remove(await world.imported())
      world.forgetMessages()
      await world.later()
      return { act: world.sweep }
    },
  },
  "end while another waits for room": {
    async prepare(world) {
      const dataset_id = await world.imported()
      const [one, two] = [await world.start(dataset_id, "quick", 1), await world.start(dataset_id, "quick", 2)]
      limitTo(1)
      world.forgetMessages()
      const lease = await Job.claim(one, ["quick"])
      await world.run({ job_id: two })
      await Job.handBack(lease!, lease!.job.usage)
      world.forgetMessages()
      const after = async () => {
        limitTo(undefined)
        for (const id of [one, two]) assert.equal(await stateOf(world, id), "completed")
      }
      return { act: () => world.run({ job_id: one }), after }
    },
  },
} satisfies Record<string, Scenario>
