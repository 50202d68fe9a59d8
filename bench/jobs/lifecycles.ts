import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { type DatabaseTimes, watchDatabase } from "../database-times.ts"
import { median, percentile, round } from "../numbers.ts"
import { type Crew, gather } from "./crew.ts"
import type { Phase, Step } from "./phase.ts"
import { cpuOfServer } from "./server-cpu.ts"
import { UNUSED, withDatabase } from "./with-database.ts"

/** Ten connections in all, and ten jobs at once: `POOL` of core/db/database.ts is 2. */
const [PROCESSES, LANES] = [5, 2]
/** Of each process, in each round. */
const JOBS = 100

const OURS = new URL("robokit-process.ts", import.meta.url)
const PEER = new URL("../peers/graphile-worker.ts", import.meta.url)
const PEER_NAME = "graphile-worker 0.18.0"
/** Who counts statements; it costs both the same. */
const PRELOADED = { shared_preload_libraries: "pg_stat_statements" }

export interface Lifecycles {
  name: string
  started_per_s: number
  run_per_s: number
  /** One after the other: so many are started and then run in a second. */
  lifecycles_per_s: number
  /** Of one job, its start and its run; null where a peer does not tell. */
  p50_ms: number | null
  p99_ms: number | null
  /** Processor time of one, in the processes and in the server. What others do to the machine hardly changes it. */
  client_cpu_ms: number
  server_cpu_ms: number
  /** Processor time of one, as a multiple of what the peer's takes. */
  of_peer: number
  /** Statements of one, BEGIN and COMMIT among them. */
  statements: number
}

/**
 * Jobs that do nothing, on one PostgreSQL that syncs to the disk: `JOBS` are started by each process, then all are run.
 * Ours goes all the way: `Job.start`, the outbox, a queue in memory, `execute` with claim, progress and the guarded result.
 * Medians of `rounds`, in turns, so that a busy moment falls on all of them.
 */
export async function lifecycles(rounds: number): Promise<Lifecycles[]> {
  const installer = fileURLToPath(new URL("../../scripts/install-peers.mjs", import.meta.url))
  execFileSync(process.execPath, [installer], { stdio: "inherit" })
  return withDatabase(async (database_url, _scratch, server) => {
    const crews: Record<string, Crew> = {}
    const database = await watchDatabase(database_url)
    try {
      const env = { ...UNUSED, DATABASE_URL: database_url, LOG_LEVEL: "info" }
      crews["RoboKit"] = await gather(OURS, PROCESSES, { lanes: LANES }, env)
      crews[PEER_NAME] = await gather(PEER, PROCESSES, { lanes: LANES, database_url }, env)
      const all: Record<string, Round[]> = {}
      // The first warms up.
      for (let at = 0; at <= rounds; at++)
        for (const [name, crew] of Object.entries(crews)) {
          const one = await oneRound(crew, server, database)
          if (at > 0) (all[name] ??= []).push(one)
        }
      const peer = cpuOf(all[PEER_NAME]!)
      return Object.entries(all).map(([name, each]) => summary(name, each, peer))
    } finally {
      for (const crew of Object.values(crews)) crew.stop()
      await database.sql.end()
    }
  }, PRELOADED)
}

interface Round {
  started_s: number
  run_s: number
  each: number[]
  client_ms: number
  server_ms: number
  statements: number
}

async function oneRound(crew: Crew, server: number, database: DatabaseTimes): Promise<Round> {
  const { statements } = await database.read()
  const before = cpuOfServer(server)
  const started = await crew.all<Phase>({ phase: "start", jobs: JOBS } satisfies Step)
  const run = await crew.all<Phase>({ phase: "run", jobs: JOBS } satisfies Step)
  // The nth start and the nth run are not of the same job, but of as many.
  const each = run.flatMap((phase, process) => phase.each.map((ms, n) => ms + started[process]!.each[n]!))
  return {
    started_s: secondsOf(started),
    run_s: secondsOf(run),
    each,
    client_ms: [...started, ...run].reduce((sum, phase) => sum + phase.cpu_ms, 0),
    server_ms: cpuOfServer(server) - before,
    statements: (await database.read()).statements - statements,
  }
}

const cpuOf = (rounds: Round[]) => median(rounds.map(({ client_ms, server_ms }) => client_ms + server_ms))

const secondsOf = (phases: Phase[]) =>
  (Math.max(...phases.map(({ to }) => to)) - Math.min(...phases.map(({ from }) => from))) / 1000

function summary(name: string, rounds: Round[], peer_ms: number): Lifecycles {
  const jobs = PROCESSES * JOBS
  const rate = (seconds: (one: Round) => number) => round(jobs / median(rounds.map(seconds)))
  const each = rounds.flatMap((one) => one.each)
  return {
    name,
    started_per_s: rate((one) => one.started_s),
    run_per_s: rate((one) => one.run_s),
    lifecycles_per_s: rate((one) => one.started_s + one.run_s),
    p50_ms: each.length ? round(percentile(each, 50), 1) : null,
    p99_ms: each.length ? round(percentile(each, 99), 1) : null,
    client_cpu_ms: round(median(rounds.map((one) => one.client_ms)) / jobs, 2),
    server_cpu_ms: round(median(rounds.map((one) => one.server_ms)) / jobs, 2),
    of_peer: round(cpuOf(rounds) / peer_ms, 1),
    statements: round(median(rounds.map((one) => one.statements)) / jobs, 1),
  }
}
