import { createHash } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import { isContended, isUnavailable } from "../db/failure.ts"
import { AppError } from "../error.ts"
import type { Card } from "../format/schema.ts"
import { log, withIds } from "../log.ts"
import { overBudget } from "../usage/budget.ts"
import { bytesLeft, overCap } from "../usage/cap.ts"
import type { Absorb, Done, JobOutcome, Partial, PinnedDataset } from "./define.ts"
import { folderOf } from "./attempt-files.ts"
import { keepAlive, LOST } from "./keep-alive.ts"
import { claim, claimShard, type Claimed, isForeign } from "./claim.ts"
import {
  complete,
  crashed,
  deliver,
  endIfCancelled,
  fail,
  handBack,
  type Lease,
  openStage,
  type Progress,
} from "./lease.ts"
import { Measure } from "./measure.ts"
import type { Registry } from "./registry.ts"
import { passUp } from "./class-due.ts"
import type { JobUsage, PartialResult, SizeClass, StoredArtifact } from "./schema.ts"
import { partialsOf } from "./shard.ts"
import { passOn } from "./slots.ts"
import { Storage } from "./storage.ts"
import { classed } from "./verdict.ts"

/** Everything the code of a job is given; it can be sent to a thread. */
export interface Task {
  job_id: number
  job_type: string
  params: Record<string, unknown>
  dataset: PinnedDataset
  card: Card
  time_limit_ms: number
  /** 0 before the first shards; the runs and the reduce of a stage bear its number. */
  stage: number
  /** Of the one shard to do; absent when the task is the whole job, its plan or a reduce. */
  input?: Record<string, unknown>
  /** What the shards of the stage found, in their order: the task is the reduce. */
  partials?: Partial[]
  /** With `partials`, when they are not those of all shards. */
  missing?: PartialResult
  /** Reading more ends in `budget_exceeded`. Absent: no limit. */
  max_bytes?: number
}

export interface Reading {
  requests: number
  bytes: number
}

export interface Watch {
  progress(progress: Progress): void
  /** What was read so far, also by a job that will fail. */
  usage(reading: Reading): void
}

/**
 * Runs the code of a job where it cannot block the caller, and stops when `signal` aborts. Throws `AppError`, or
 * `worker_crashed` when the place it ran in died; anything else is a bug.
 */
export type Runner = (task: Task, watch: Watch, signal: AbortSignal) => Promise<Done>

export interface ExecuteOptions {
  registry: Registry
  run: Runner
  /** The shard of the job that is meant; absent: the job itself. */
  shard_id?: number | undefined
  /** The largest class this worker has the memory for; what is larger is passed on. Absent: any. */
  size_class?: SizeClass | undefined
  /** Time the job's code has, in ms; writing down how it ended comes after. */
  time_limit_ms: number
  /** Aborts when this process is asked to go: the job is handed back and counts as not tried. */
  shutdown?: AbortSignal | undefined
}

/** How it ended. `planned`: its shards go on with it. `delivered`: a shard has. `passed_up`: it goes to a larger worker. `not_ours`: finished, in other hands, or deleted, at the start or meanwhile. */
export type Ended =
  | "completed"
  | "planned"
  | "delivered"
  | "failed"
  | "handed_back"
  | "cancelled"
  | "passed_up"
  | "not_ours"

const SHUTDOWN = Symbol("shutdown")
const OUT_OF_TIME = Symbol("out of time")

/**
 * Runs one job to its end and writes down how it ended. Throws only if even that could not be done, or if the job's type
 * is not known here: then, and only then, must the queue deliver again.
 */
export async function execute(job_id: number, options: ExecuteOptions): Promise<Ended> {
  const known = Object.keys(options.registry)
  const { shard_id, size_class = "heavy" } = options
  const lease = await (shard_id === undefined
    ? claim(job_id, known, size_class)
    : claimShard(shard_id, known, size_class))
  if (!lease) {
    if (await isForeign(job_id, known)) throw new Error(`job ${job_id} is of a type this release does not know`)
    if (await passUp(job_id, shard_id, size_class)) return "passed_up"
    log().debug({ job_id, shard_id }, "nothing to do: it has ended, is not due, waits or is in other hands")
    return "not_ours"
  }
  const { job_type, tenant_id } = lease.job
  const { attempt } = lease.shard ?? lease.job
  return withIds({ job_id, ...(shard_id ? { shard_id } : {}), attempt, job_type, tenant_id }, async () => {
    const started = performance.now()
    const ended = await attend(lease, options)
    log().info({ ended, ms: Math.round(performance.now() - started) }, "job")
    if (ended === "completed" || ended === "failed" || ended === "cancelled") await Measure.ended(job_id)
    return ended
  })
}

async function attend(lease: Claimed, { registry, run, time_limit_ms, shutdown }: ExecuteOptions): Promise<Ended> {
  const stop = new AbortController()
  const goAway = () => stop.abort(SHUTDOWN)
  const clock = setTimeout(() => stop.abort(OUT_OF_TIME), time_limit_ms)
  shutdown?.addEventListener("abort", goAway, { once: true })
  if (shutdown?.aborted) goAway()

  const meter = meterOf(lease)
  const alive = keepAlive(lease, meter.usage, () => stop.abort(LOST))
  try {
    const over = lease.shard && (overCap(lease.job) ?? (await overBudget(lease.job)))
    if (over) throw over
    const task = await taskOf(lease, time_limit_ms)
    const done = await run(task, { progress: alive.progress, usage: meter.read }, stop.signal)
    // What came in at the last moment counts.
    if (stop.signal.reason === LOST) return await leave(lease, meter.usage())
    return await writeDown(lease, done, meter.usage(), absorbOf(registry, lease))
  } catch (error) {
    return await settle(lease, stop.signal.aborted ? stop.signal.reason : error, meter.usage())
  } finally {
    clearTimeout(clock)
    shutdown?.removeEventListener("abort", goAway)
    await alive.stop()
    Measure.ran(lease, meter.usage())
    await passOn()
  }
}

async function writeDown(lease: Lease, done: Done, usage: JobUsage, absorb: Absorb | undefined): Promise<Ended> {
  const { shard } = lease
  if ("shards" in done) {
    return (await persist(() => openStage(lease, done.shards, usage, absorb))) ? "planned" : leave(lease, usage)
  }
  if ("result" in done) return publish(lease, done, usage, absorb)
  if (!shard) throw new Error("a job that is no shard brought a partial result")
  return (await persist(() => deliver({ ...lease, shard }, done.partial, usage, absorb))) ? "delivered" : "not_ours"
}

function absorbOf(registry: Registry, { job }: Lease) {
  const definition = registry[job.job_type]
  return definition && "plan" in definition ? definition.absorb : undefined
}

async function settle(lease: Lease, reason: unknown, usage: JobUsage): Promise<Ended> {
  if (reason === LOST) return leave(lease, usage)
  if (reason === SHUTDOWN) {
    return (await persist(() => handBack(lease, usage))) ? "handed_back" : leave(lease, usage)
  }
  const error = reason === OUT_OF_TIME ? outOfTime() : classed(reason)
  log()[error.code === "unexpected" ? "error" : "warn"]({ err: error }, "the job did not succeed")
  const ours = await persist(() =>
    error.code === "worker_crashed" ? crashed(lease, usage) : fail(lease, error, usage),
  )
  return ours ? "failed" : leave(lease, usage)
}

/** The job is not ours to write about any more; if that is because it was cancelled, it ends here. */
const leave = async (lease: Lease, usage: JobUsage): Promise<Ended> =>
  (await persist(() => endIfCancelled(lease, usage))) ? "cancelled" : "not_ours"

const outOfTime = () =>
  new AppError("time_limit", "The job did not end within its time.", {
    user_action: "The dataset is larger than one run of this job can read.",
  })

async function taskOf({ job, shard, dataset }: Claimed, time_limit_ms: number): Promise<Task> {
  const { card, ...pinned } = dataset
  const max_bytes = bytesLeft(job, shard !== undefined)
  return {
    job_id: job.id,
    job_type: job.job_type,
    params: job.params,
    dataset: pinned,
    card,
    time_limit_ms,
    stage: job.stage,
    ...(max_bytes !== undefined && { max_bytes }),
    ...(shard ? { input: shard.input } : job.stage > 0 ? { partials: await partialsOf(job) } : {}),
    ...(!shard && job.partial && { missing: job.partial }),
  }
}

/** Artefacts first, under a key with the token in it; then the one guarded write that makes them the result. */
async function publish(
  lease: Lease,
  { result, summary, artifacts = [], partial }: JobOutcome,
  usage: JobUsage,
  absorb: Absorb | undefined,
) {
  const { job, token } = lease
  const folder = folderOf(job, token)
  const stored: StoredArtifact[] = []
  for (const { name, media_type, body } of artifacts) {
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body
    const sha256 = createHash("sha256").update(bytes).digest("hex")
    await Storage.put(folder + name, bytes, media_type)
    stored.push({ name, media_type, bytes: bytes.byteLength, sha256, key: folder + name })
  }
  const completion = { result, summary, artifacts: stored, usage, partial }
  const published = await persist(() => complete(lease, completion, absorb))
  if (published) return "completed"
  // Nobody will ever point at these.
  if (stored.length > 0) await Storage.removeAll(folder)
  return leave(lease, usage)
}

/**
 * Keeps trying for a while when the database is away, or when a thousand shards finish at once and wait for the one row of
 * their job: hours of work may hang on this one write. Jittered, so that they do not all come back at once.
 */
async function persist(write: () => Promise<boolean>): Promise<boolean> {
  for (let wait = 250; ; wait *= 2) {
    try {
      return await write()
    } catch (error) {
      if (!(isUnavailable(error) || isContended(error)) || wait > 4000) throw error
      log().warn({ err: error }, "the end of the job could not be written, trying again")
      await sleep(wait * (0.5 + Math.random()))
    }
  }
}

/** What this attempt has cost, on top of what earlier ones did. */
function meterOf({ job, shard }: Lease) {
  const before = (shard ?? job).usage
  const started = performance.now()
  let reading: Reading = { requests: 0, bytes: 0 }
  return {
    read: (next: Reading) => void (reading = next),
    usage: (): JobUsage => ({
      requests: before.requests + reading.requests,
      bytes: before.bytes + reading.bytes,
      compute_ms: before.compute_ms + Math.round(performance.now() - started),
    }),
  }
}
