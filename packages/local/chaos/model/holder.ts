import assert from "node:assert/strict"
import { AppError } from "@robokit/core/error"
import { Job as Engine } from "@robokit/core/job/job"
import { clocks } from "./clocks.ts"
import { about, type Move, type Pick, pickFrom } from "./move.ts"
import type { Real } from "./real.ts"
import * as Model from "./state.ts"

const usage = { requests: 1, bytes: 1, compute_ms: 1 }
const HOUR_MS = 3_600_000
/** Tries in all, by whose fault it was: `reliability.md` J15. */
const TRIES = { weather: 8, other: 4 }

/** What somebody does who holds a lease, or believes so. `wants` says with which leases anything comes of it. */
const asHolder = (
  act: (world: Model.World, real: Real, hold: Model.Hold, pick: Pick) => Promise<void>,
  wants: (hold: Model.Hold, pick: Pick) => boolean = () => true,
): Move =>
  about(({ holds }, pick) => {
    const all = holds.filter((hold) => wants(hold, pick))
    const living = all.filter((hold) => (hold.part ?? hold.job).held === hold)
    return pickFrom(all, pick, living)
  }, act)

/** A write that lands exactly when the lease is still held; `then` says what it changes. */
async function write(world: Model.World, hold: Model.Hold, said: Promise<boolean>, then: () => void) {
  const should = Model.holds(world, hold)
  assert.equal(await said, should, "the guard decided wrongly")
  if (should) then()
}

const writes = (
  engine: (lease: Engine.Lease, pick: Pick) => Promise<boolean>,
  model: (hold: Model.Hold, pick: Pick) => void,
) =>
  asHolder((world, real, hold, pick) =>
    write(world, hold, engine(real.leases.get(hold)!, pick), () => model(hold, pick)),
  )

const fails = (code: "dataset_malformed" | "hub_timeout" | "unexpected", model: (hold: Model.Hold) => void) =>
  // Put back for long: the model knows no jitter.
  writes((lease) => Engine.fail(lease, new AppError(code, "No.", { retry_after_ms: HOUR_MS }), usage), model)

/** The last step of a job, or of a shard: of these only the last of its stage wakes the job. */
async function finish(world: Model.World, real: Real, hold: Model.Hold, { percent }: Pick) {
  const { shard, ...lease } = real.leases.get(hold)!
  const from = real.queue.sent.length
  const { job, part } = hold
  if (!shard || !part) {
    const completion = { result: { percent }, summary: {}, artifacts: [], usage }
    return write(world, hold, Engine.complete(lease, completion), () => Model.end(job, "completed"))
  }
  return write(world, hold, Engine.deliver({ ...lease, shard }, { percent }, usage), () => {
    Model.deliver(job, part)
    if (!real.queue.down) assert.equal(real.queue.sent.length - from, job.open === 0 ? 1 : 0, "one reduce for all")
  })
}

async function open(world: Model.World, real: Real, hold: Model.Hold, { weights }: Pick) {
  const shards = weights.map((weight, at) => ({ weight, input: { at } }))
  const said = Engine.openStage(real.leases.get(hold)!, shards, usage)
  await write(world, hold, said, () => Model.openStage(hold, weights))
}

async function crash(world: Model.World, real: Real, hold: Model.Hold) {
  const lease = real.leases.get(hold)!
  let landed = false
  await write(world, hold, Engine.crashed(lease, usage), () => {
    landed = true
    Model.crash(hold)
  })
  // As above: for long.
  if (landed) await clocks.postpone(real, lease)
}

async function obey({ jobs }: Model.World, real: Real, hold: Model.Hold) {
  const { job } = hold
  const should = jobs.includes(job) && job.detail === "cancelling" && job.held === hold
  assert.equal(await Engine.endIfCancelled(real.leases.get(hold)!, usage), should)
  if (should) Model.end(job, "cancelled")
}

/** Nobody renewed it. */
async function silence({ jobs }: Model.World, real: Real, hold: Model.Hold) {
  const one = hold.part ?? hold.job
  if (one.held !== hold || !jobs.includes(hold.job)) return
  await clocks.expire(real, real.leases.get(hold)!)
  one.expired = true
}

export const HOLDER = {
  beat: writes(Engine.heartbeat, ({ job, part }) => void ((part ?? job).expired = false)),
  progress: writes(
    (lease, { percent }) => Engine.progress(lease, { percent }, usage),
    ({ job, part }, { percent }) => {
      if (!part) job.progress = Math.max(job.progress, Math.min(99, Math.max(0, percent)))
    },
  ),
  // Most jobs are to come to have shards first.
  finish: asHolder(finish, ({ part, job }, { which }) => part !== undefined || job.stage > 0 || which % 4 === 0),
  open: asHolder(open, ({ part, job }, { which }) => !part && (job.stage === 0 || which % 2 === 0)),
  refuse: fails("dataset_malformed", ({ job }) => Model.end(job, "failed")),
  weather: fails("hub_timeout", (hold) => Model.fail(hold, TRIES.weather)),
  stumble: fails("unexpected", (hold) => Model.fail(hold, TRIES.other)),
  crash: asHolder(crash),
  hand_back: writes(
    (lease) => Engine.handBack(lease, usage),
    (hold) => Model.putBack(hold, "queued", true),
  ),
  obey: asHolder(obey, ({ part, job }, { which }) => !part && (job.detail === "cancelling" || which > 5)),
  silence: asHolder(silence),
}
