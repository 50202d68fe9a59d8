import { readFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { type Figures, inSeconds, type Scale } from "./figures.ts"
import { openStage, type Stage } from "./stage.ts"
import type { Process } from "./workers.ts"

const JOB_MS = 2000
/** By then another worker must have finished, on however busy a machine. */
const LONGEST_MS = 120_000
/** Where in the job its worker stops: early, when it wakes to a beat, and just before the end, when it wakes to publish. */
const STOPS_AT = [0.3, 0.97]

/**
 * SIGSTOP of workers in the middle of a job each, until another has long finished it, then SIGCONT: processes that wake
 * up believing the jobs their own. What they try is counted by the database's log, what they knew to be fenced by theirs.
 */
export async function run({
  isShort = false,
  seconds = isShort ? 8 : 90,
  runs = isShort ? 2 : 8,
}: Scale): Promise<Figures> {
  const stage = await openStage({ JOB_LEASE_SECONDS: isShort ? "3" : "25" })
  try {
    const sleepers: Process[] = []
    for (let n = 0; n < runs; n++) sleepers.push(await fallAsleep(stage, n))
    const stopped = performance.now()
    const other = await stage.startWorker("other", { CHAOS_AT_ONCE: "2" })
    const lasts = () => performance.now() - stopped
    while (lasts() < seconds * 1000 || ((await beaten(stage)) < runs && lasts() < LONGEST_MS)) {
      await sleep(1000)
      if (isShort) await stage.hasten()
    }
    const before = await finished(stage)
    // A busy machine may have taken a job from its worker before it was stopped.
    const tried = sleepers.map(({ name }) => guarded(stage, name))
    const known = sleepers.map(fencedWrites)

    for (const { child } of sleepers) child.kill("SIGCONT")
    const slept_ms = performance.now() - stopped
    await sleep(JOB_MS + 1000)
    const after = await finished(stage)
    const late = sleepers.map(({ name }, at) => guarded(stage, name) - tried[at]!)
    const fenced = sleepers.map((each, at) => fencedWrites(each) - known[at]!)
    const died = sleepers.filter(({ child }) => child.exitCode !== null).map(({ name }) => `${name} died of waking up`)
    await other.kill()

    const { violations, orphans } = await stage.judge()
    const others = await beaten(stage)
    return {
      figures: {
        "workers stopped in a job": runs,
        "for at least": inSeconds(slept_ms),
        "of their jobs finished by another": others,
        "late writes tried": late.join(" + "),
        "fenced_write in their logs": fenced.join(" + "),
        "late writes that changed a row": before === after ? 0 : "some",
        "files of late attempts left": orphans,
      },
      violations: [
        ...violations,
        ...died,
        ...(others === runs ? [] : [`${others} of ${runs} jobs were finished by another worker in time`]),
        ...(before === after ? [] : ["a worker that woke up changed a row"]),
        ...late.flatMap((count, at) => (count > 0 ? [] : [`${sleepers[at]!.name} tried nothing: nothing was shown`])),
        ...late.flatMap((count, at) =>
          count === fenced[at] ? [] : [`${sleepers[at]!.name} tried ${count} writes, ${fenced[at]} were found fenced`],
        ),
        ...(orphans === 0 ? [] : [`${orphans} files of late attempts were left`]),
      ],
    }
  } finally {
    await stage.close()
  }
}

/** A worker that is stopped in the middle of a job. It takes one at a time: a stopped one that polls would swallow messages. */
async function fallAsleep(stage: Stage, n: number) {
  const name = `sleeper_${n}`
  const worker = await stage.startWorker(name, { CHAOS_AT_ONCE: "1" })
  const id = await stage.submit("sleeps", { n, ms: JOB_MS })
  await claimed(stage, id, name)
  await sleep(JOB_MS * STOPS_AT[n % STOPS_AT.length]!)
  worker.child.kill("SIGSTOP")
  return worker
}

/** How many jobs were finished by another worker than the one that began them. */
async function beaten({ sql }: Stage): Promise<number> {
  const [row] = await sql`select count(distinct effect.job_id)::int as jobs from chaos.effect
    join chaos.claim as last on last.token = effect.token
    join chaos.claim as first on first.job_id = effect.job_id and first.attempt = 1
    where first.worker <> last.worker`
  return row!.jobs as number
}

async function claimed({ sql }: Stage, job_id: number, worker: string) {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(20)) {
    if ((await sql`select from chaos.claim where job_id = ${job_id} and worker = ${worker}`).length > 0) return
  }
  throw new Error(`${worker} did not claim job ${job_id}`)
}

/** The hash of all rows that are completed. */
async function finished({ sql }: Stage): Promise<string> {
  const [row] = await sql`select md5(string_agg(job::text, '' order by id)) as hash from job where status = 'completed'`
  return row!.hash as string
}

/** Statements of this worker so far that only the holder of a job may make count. */
const guarded = ({ folder }: Stage, worker: string) =>
  readFileSync(`${folder}.log`, "utf8")
    .split("\n")
    .filter((line) => line.startsWith(`${worker} LOG:`) && GUARDED.test(line)).length

const fencedWrites = (worker: Process) => worker.log().filter(({ msg }) => msg === "fenced_write").length

const GUARDED = /update "job" set .*"lease_token" = \$\d+\) and \("job"."status" = \$\d+ and "job"."state_detail" = \$/
