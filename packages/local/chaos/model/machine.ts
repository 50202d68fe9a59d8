import assert from "node:assert/strict"
import { Job as Engine } from "@robokit/core/job/job"
import { passOn } from "@robokit/core/job/slots"
import { bury } from "@robokit/core/job/dead-letters"
import { sweep } from "@robokit/core/job/sweep"
import { clocks } from "./clocks.ts"
import { look } from "./look.ts"
import { about, always, type Pick, pickFrom } from "./move.ts"
import { KNOWN, type Message, type Real } from "./real.ts"
import * as Model from "./state.ts"

/** `shard_id` may name a shard that is no more. */
async function claim(world: Model.World, real: Real, { job_id, shard_id }: Message) {
  const job = world.jobs.find(({ id }) => id === job_id)
  const part = real.partOf(job, shard_id)
  const lease = await (shard_id === undefined ? Engine.claim(job_id, KNOWN) : Engine.claimShard(shard_id, KNOWN))
  const hold = shard_id !== undefined && !part ? undefined : Model.claim(world, job, part)
  assert.equal(lease !== undefined, hold !== undefined, "claimed what was not to be had, or not what was")
  if (!lease || !hold) return
  world.holds.push(hold)
  real.leases.set(hold, lease)
}

const isLost = (one: Model.Unit) => one.is_pending || (one.held !== undefined && one.expired)
const partsOf = ({ jobs }: Model.World) => jobs.flatMap((job) => job.parts.map((part) => ({ job, part })))
const anyMessage = (real: Real, { which, percent }: Pick) => real.messages().at(-1 - which - Math.max(0, percent % 5))

/** What the queue and the sweep do. */
export const MACHINE = {
  claim: about(
    ({ jobs }, pick) =>
      pickFrom(
        jobs,
        pick,
        jobs.filter((job) => !job.held && Model.isActive(job) && job.open === 0),
      ),
    (world, real, { id }) => claim(world, real, { job_id: id }),
  ),
  claim_part: about(
    (world, pick) => {
      const all = partsOf(world)
      const open = all.filter(({ job, part }) => part.is_pending && Model.isAlive(job, part))
      return pickFrom(all, pick, open)
    },
    (world, real, { job, part }) => claim(world, real, { job_id: job.id, shard_id: real.shardIdOf(job, part) }),
  ),
  /** A lease that ran out is taken over. */
  take_over: about(
    ({ jobs }, pick) => {
      const dead = jobs.flatMap((job) => [job, ...job.parts].flatMap((one) => (one.expired ? [{ job, one }] : [])))
      return pickFrom(dead, pick, dead)
    },
    (world, real, { job, one }) => {
      const shard_id = one === job ? undefined : real.shardIdOf(job, one as Model.Part)
      return claim(world, real, { job_id: job.id, shard_id })
    },
  ),
  /** Any message that was ever sent comes again. */
  redeliver: always(async (world, real, pick) => {
    const message = anyMessage(real, pick)
    if (message) await claim(world, real, message)
  }),
  /** A message is given up. */
  bury: always(async (world, real, pick) => {
    const message = anyMessage(real, pick)
    if (!message) return
    const job = world.jobs.find(({ id }) => id === message.job_id)
    const part = real.partOf(job, message.shard_id)
    const isJobLost = job !== undefined && job.detail !== "cancelling" && isLost(job)
    const isPartLost = part !== undefined && Model.isAlive(job!, part) && isLost(part)
    const should = message.shard_id === undefined ? isJobLost : isPartLost
    assert.equal(await bury(message.job_id, KNOWN, message.shard_id), should)
    if (should) Model.end(job!, "dead")
  }),
  due: about(
    (world) => {
      const late = [...world.jobs, ...partsOf(world).map(({ part }) => part)].filter(
        (one) => one.is_pending && !one.due,
      )
      return late.length > 0 ? late : undefined
    },
    async (_, real, late) => {
      await clocks.due(real)
      for (const one of late) one.due = true
    },
  ),
  /** After a while without a word: whoever nobody attends to is woken, and what has ended is not touched. */
  sweep: always(async (world, real) => {
    await clocks.age(real)
    const from = real.queue.sent.length
    const swept = await sweep(KNOWN)
    Model.sweep(world)
    if (world.jobs.some(Model.isActive)) assert.equal(swept?.open, true, "open work, and no next sweep")
    if (real.queue.down) return
    const woken = new Set(real.messages(from).map(({ job_id, shard_id }) => `${job_id}/${shard_id ?? ""}`))
    for (const job of world.jobs) {
      if (Model.isUnattended(job)) assert.ok(woken.has(`${job.id}/`), `job ${job.id} was not woken`)
      for (const part of Model.partsAlive(job).filter(Model.isUnattended))
        assert.ok(woken.has(`${job.id}/${real.shardIdOf(job, part)}`), `a shard of job ${job.id} was not woken`)
    }
  }),
  /** A place became free: of those who wait one is woken, if there really is room. */
  pass_on: about(
    ({ cap }) => cap,
    async (world, real) => {
      const waiting = Model.waitingIn(world)
      await passOn()
      const rows = await look(real.sql, real.dataset_id)
      const woken = waiting.filter((one) => {
        const job = world.jobs.find((each) => each === one || each.parts.includes(one as Model.Part))!
        const row = rows.find(({ id }) => id === job.id)!
        return one === job ? !row.waits : !row.parts[job.parts.indexOf(one as Model.Part)]!.waits
      })
      assert.equal(woken.length, Math.min(1, waiting.length), "a place for one wakes one")
      for (const one of woken) one.waits = false
    },
  ),
  /** Goes down, or comes back. */
  queue: always(async (_, { queue }) => void (queue.down = !queue.down)),
}
