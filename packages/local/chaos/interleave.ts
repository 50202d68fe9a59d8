import { setTimeout as sleep } from "node:timers/promises"
import { Dataset } from "@robokit/core/dataset/dataset"
import { AppError } from "@robokit/core/error"
import { Job } from "@robokit/core/job/job"
import { bury } from "@robokit/core/job/dead-letters"
import fc from "fast-check"
import postgres from "postgres"
import { type Actor, asActor, step } from "./steps.ts"
import type { Share } from "./model/sequences.ts"
import { openWorld, type World } from "./world.ts"

/** Somebody who is not at a gate by then waits for a lock, or for a connection. */
const BLOCKED_MS = 8

/**
 * Lets many go one step at a time, in the order that `choices` say; one that waits for a lock of another is passed over.
 * Gives what they threw that is no refusal.
 */
async function inTurns(choices: readonly number[], actors: (() => Promise<unknown>)[]): Promise<unknown[]> {
  const waiting: (() => void)[] = []
  const actor: Actor = {
    async step(_, work) {
      await new Promise<void>((go) => waiting.push(go))
      return work()
    },
    transaction: (work) => work(),
  }
  const broken: unknown[] = []
  let left = actors.length
  const all = actors.map((act) =>
    asActor(actor, async () => act())
      .catch((error: unknown) => void (error instanceof AppError || broken.push(error)))
      .finally(() => left--),
  )
  for (let turn = 0; left > 0; turn++) {
    const until = performance.now() + BLOCKED_MS
    while (waiting.length < left && performance.now() < until) await sleep(1)
    const [go] = waiting.splice(choices[turn % choices.length]! % Math.max(1, waiting.length), 1)
    go?.()
  }
  await Promise.all(all)
  return broken
}

type Deed = "run" | "run_part" | "run_other" | "time" | "sweep" | "cancel" | "retry" | "remove" | "bury"
const DEEDS: Record<Deed, number> = {
  run: 4,
  run_part: 5,
  run_other: 4,
  time: 3,
  sweep: 2,
  cancel: 2,
  retry: 2,
  remove: 1,
  bury: 1,
}

/** A job whose message is there, or one in parts of which all, two or none are done; and its parts' messages. */
async function begin(world: World, isInParts: boolean, left: number) {
  const dataset_id = await world.imported()
  const id = await world.start(dataset_id, isInParts ? "parts" : "quick")
  world.forgetMessages()
  if (!isInParts) return { dataset_id, id, parts: [] }
  const from = world.queue.sent.length
  await world.run({ job_id: id })
  const parts = world.queue.sent.slice(from).flatMap((wake) => (wake.to === "shards" ? wake.bodies : []))
  for (const part of parts.slice(left)) await world.run(part)
  return { dataset_id, id, parts }
}

function deedsOf(world: World, { dataset_id, id, parts }: Awaited<ReturnType<typeof begin>>) {
  const runPart = (at: number) => world.run(parts[at] ?? { job_id: id })
  return {
    run: () => world.run({ job_id: id }),
    run_part: () => runPart(0),
    run_other: () => runPart(1),
    time: () => step("time passes", world.later),
    sweep: world.sweep,
    cancel: () => Job.cancel(dataset_id, id),
    retry: () => Job.retry(dataset_id, id, world.registry),
    remove: () => Dataset.remove(dataset_id),
    bury: () => bury(id, Object.keys(world.registry), parts[0]?.shard_id),
  } satisfies Record<Deed, () => Promise<unknown>>
}

/** Random interleavings, statement by statement, of two to five who all want something of one job. Throws at the first that ends badly. */
export async function interleave({ url, runs, seed }: Share) {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  const world = openWorld(sql)
  const deed = fc.oneof(
    ...Object.entries(DEEDS).map(([name, weight]) => ({ weight, arbitrary: fc.constant(name as Deed) })),
  )
  await fc
    .assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.nat(3),
        fc.array(deed, { minLength: 2, maxLength: 5, size: "max" }),
        fc.array(fc.nat(59), { minLength: 30, maxLength: 60, size: "max" }),
        async (isInParts, left, deeds, choices) => {
          await world.empty()
          const all = deedsOf(world, await begin(world, isInParts, left))
          const broken = await inTurns(
            choices,
            deeds.map((name) => all[name]),
          )
          if (broken.length > 0) throw new AggregateError(broken, "somebody broke")
          await world.heal()
          const wrong = await world.wrong()
          if (wrong.length > 0) throw new Error(wrong.join("\n"))
        },
      ),
      { numRuns: runs, seed },
    )
    .finally(() => sql.end({ timeout: 2 }))
}
