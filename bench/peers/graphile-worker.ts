/** A process that adds jobs that do nothing to graphile-worker, and runs what was added. */
import { Logger, makeWorkerUtils, run } from "graphile-worker"
import { inLanes, now, type Span, serveSteps } from "../jobs/phase.ts"

interface Input {
  number: number
  lanes: number
  database_url: string
}

const { number, lanes, database_url } = JSON.parse(process.argv[2]!) as Input
/** Everybody runs what it added itself, as ours does. */
const task = `noop-${number}`

const logger = new Logger(() => () => {})
const utils = await makeWorkerUtils({ connectionString: database_url, maxPoolSize: lanes, logger })

/** Runs until `jobs` of them have ended; one connection more than `lanes`, which listens. */
async function drain(jobs: number): Promise<Span> {
  let [from, to, ended] = [0, 0, 0]
  const runner = await run({
    connectionString: database_url,
    maxPoolSize: lanes + 1,
    concurrency: lanes,
    noHandleSignals: true,
    logger,
    taskList: { [task]: async () => void (from ||= now()) },
  })
  await new Promise<void>((resolve) =>
    runner.events.on("job:complete", () => {
      to = now()
      if (++ended === jobs) resolve()
    }),
  )
  await runner.stop()
  return { from, to, each: [] }
}

let n = 0
serveSteps(({ phase, jobs }) =>
  phase === "start" ? inLanes(jobs, lanes, () => utils.addJob(task, { n: n++ })) : drain(jobs),
)
