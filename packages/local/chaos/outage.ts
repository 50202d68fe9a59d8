import { setTimeout as sleep } from "node:timers/promises"
import { type Figures, inSeconds, type Scale } from "./figures.ts"
import { openStage, type Stage } from "./stage.ts"

/** From healed to the first job completed, and to the last begun of those that were accepted meanwhile, at most. */
const GOAL_MS = 10_000
const GOAL_ALL_MS = 120_000
const CUTS = "connections cut"

/**
 * Takes away, one after the other and while jobs keep arriving: every connection of the product to the database, again
 * and again; the storage; the queue. Each is given back, and everything that was promised must come to its end.
 */
export async function run({ isShort = false, seconds }: Scale): Promise<Figures> {
  const stage = await openStage({ JOB_LEASE_SECONDS: isShort ? "3" : "25" })
  try {
    await Promise.all(["worker_0", "worker_1"].map((name) => stage.startWorker(name, { CHAOS_AT_ONCE: "2" })))
    const load = startLoad(stage, isShort ? 250 : 1000)
    await sleep(1000)
    const results: Figures[] = []
    const during = async (name: string, shortest: number, longest: number, breaks: (ms: number) => Promise<unknown>) =>
      void results.push(
        await phase(stage, load, name, isShort, () => breaks(1000 * (seconds ?? (isShort ? shortest : longest)))),
      )

    await during(CUTS, 3, 60, (ms) => cutConnections(stage, ms, isShort ? 1000 : 5000))
    await during("storage away", 3, 60, async (ms) => {
      stage.gate.isShut = true
      await sleep(ms)
      stage.gate.isShut = false
    })
    await during("queue away", 3, 120, async (ms) => {
      await stage.queue.stop()
      await sleep(ms)
      await stage.queue.start()
    })
    await load.stop()
    const started = performance.now()
    await stage.settle(300, isShort ? stage.hasten : undefined)

    const [count] = await stage.sql`select count(*) filter (where status = 'completed')::int as completed,
      count(*) filter (where status = 'failed')::int as failed, max(attempt) as attempts from job where job_type = 'sleeps'`
    const { violations, pointers } = await stage.judge()
    const accepted = load.accepted.length
    return {
      figures: {
        ...Object.assign({}, ...results.map((each) => each.figures)),
        "jobs accepted in all": accepted,
        completed: count!.completed,
        "requests the storage turned away": stage.gate.refused,
        "most attempts of a job": count!.attempts,
        "last job done after the load ended": inSeconds(performance.now() - started),
        "files pointed at, all there": pointers,
      },
      violations: [
        ...results.flatMap((each) => each.violations),
        ...violations,
        ...(count!.failed > 0 ? [`${count!.failed} jobs failed, for nothing they did`] : []),
        ...(count!.completed >= accepted ? [] : [`${accepted - count!.completed} accepted jobs are not completed`]),
        ...(stage.gate.refused > 0 ? [] : ["the storage turned nothing away: nothing was shown"]),
      ],
    }
  } finally {
    await stage.close()
  }
}

type Load = ReturnType<typeof startLoad>

/** A job of half a second every `every_ms`, as POSTs bring them. */
function startLoad(stage: Stage, every_ms: number) {
  let isOver = false
  const load = {
    accepted: [] as number[],
    /** What a POST would have answered with 503: nothing was promised. */
    refused: [] as string[],
    async stop() {
      isOver = true
      await going
    },
  }
  const going = (async () => {
    for (let n = 0; !isOver; n++) {
      await stage.submit("sleeps", { n, ms: 500 }).then(
        (id) => load.accepted.push(id),
        (error: Error) => load.refused.push(String(error.cause ?? error)),
      )
      await sleep(every_ms)
    }
  })()
  return load
}

/** Breaks, heals, and measures until the first job is done and the last of those that were accepted meanwhile is begun. */
async function phase(
  stage: Stage,
  load: Load,
  name: string,
  isHasty: boolean,
  breaks: () => Promise<unknown>,
): Promise<Figures> {
  const { sql } = stage
  const before = { accepted: load.accepted.length, refused: load.refused.length }
  await breaks()
  const healed_at = Date.now()
  const accepted = load.accepted.slice(before.accepted)
  const refused = load.refused.slice(before.refused)
  const first_ms = await passed(healed_at, 3 * GOAL_MS, async () => {
    const rows = await sql`select from job where completed_at > ${new Date(healed_at)} and status = 'completed' limit 1`
    return rows.length > 0
  })
  const all_ms = await passed(healed_at, 2 * GOAL_ALL_MS, async () => {
    const waiting = await sql`select from job where id = any(${accepted}) and attempt = 0 limit 1`
    if (waiting.length > 0 && isHasty) await stage.hasten()
    return waiting.length === 0
  })
  const isGood = refused.length <= (name === CUTS ? 0.02 * accepted.length : 0)
  return {
    figures: {
      [`${name}: accepted, refused`]: `${accepted.length}, ${refused.length}`,
      [`${name}: first job done after healing`]: inSeconds(first_ms),
      [`${name}: all accepted meanwhile begun`]: inSeconds(all_ms),
    },
    violations: [
      ...(first_ms <= GOAL_MS ? [] : [`${name}: no job was done within ${inSeconds(GOAL_MS)} of healing`]),
      ...(all_ms <= GOAL_ALL_MS ? [] : [`${name}: not all were begun within ${inSeconds(GOAL_ALL_MS)} of healing`]),
      ...(accepted.length > 0 ? [] : [`${name}: nothing was accepted meanwhile`]),
      // A POST must not need the queue nor the storage; of the database it loses at most the one that is under way.
      ...(isGood ? [] : [`${name}: ${refused.length} were refused, such as: ${refused[0]}`]),
    ],
  }
}

/** How long after `since` it was so, in ms; `longest` when it was not by then. */
async function passed(since: number, longest: number, isSo: () => Promise<boolean>): Promise<number> {
  for (; Date.now() < since + longest; await sleep(200)) if (await isSo()) return Date.now() - since
  return longest
}

async function cutConnections({ sql }: Stage, ms: number, every_ms: number) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(every_ms)) {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'robokit'`
  }
}
