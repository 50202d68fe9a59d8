import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { importDataset } from "@robokit/core/test/engine"
import { Queue } from "@robokit/core/job/queue"
import postgres from "postgres"
import type { Answer } from "./crowd-caller.ts"
import { openDatabases } from "./databases.ts"
import { type Figures, inSeconds, quantile, type Scale } from "./figures.ts"
import { violations as broken } from "./invariants.ts"

const MOST = 20
/** Two connections each: more than there are, and whoever comes last gets none. */
const PROCESSES = 14
const CALLER = fileURLToPath(new URL("./crowd-caller.ts", import.meta.url))
const GOAL_MS = 5000

/** 200 calls of the API at once, in processes that together want more connections than the database gives (D5 of the requirements). */
export async function run({ runs = 200 }: Scale): Promise<Figures> {
  const { urls, close } = await openDatabases(1, { max_connections: MOST })
  const callers: ChildProcess[] = []
  const sql = postgres(urls[0]!, { max: 1, onnotice: () => {} })
  try {
    // Both this process's connections and that one are there before the crowd.
    await sql`select`
    Queue.deliverWith(async () => {})
    const { id } = await importDataset()
    const calls = Math.ceil(runs / PROCESSES)
    for (let at = 0; at < PROCESSES; at++) callers.push(fork(CALLER, [JSON.stringify({ at, calls, dataset_id: id })]))
    await Promise.all(callers.map((each) => once(each, "message")))
    const all = async (what: "crowd" | "one") => {
      const told = callers.map((each) => once(each, "message"))
      for (const each of callers) each.send(what)
      return (await Promise.all(told)).flatMap(([answers]) => answers as Answer[])
    }
    const crowd = await all("crowd")
    // The crowd goes: half of the processes end, the rest can be served.
    for (const each of callers.splice(PROCESSES / 2)) each.kill()
    const healed = performance.now()
    let after: Answer[] = []
    do after = await all("one")
    while (after.some(({ status }) => status >= 300) && performance.now() - healed < 2 * GOAL_MS)
    const recovery = performance.now() - healed
    const wrong = await broken(sql)
    const of = (low: number, high: number) => crowd.filter(({ status }) => status >= low && status < high).length
    const refused = crowd.filter(({ status }) => status === 503)
    const ms = crowd.map((each) => each.ms)
    return {
      figures: {
        "connections wanted": 2 * PROCESSES,
        "connections there": MOST,
        calls: crowd.length,
        answered: of(200, 300),
        "told to come again (503)": refused.length,
        p50: inSeconds(quantile(ms, 0.5)),
        p99: inSeconds(quantile(ms, 0.99)),
        "every process that is left answers after": inSeconds(recovery),
      },
      violations: [
        ...wrong,
        ...crowd
          .filter(({ status }) => status >= 300 && status !== 503)
          .map(({ status }) => `a call was answered ${status}`),
        ...refused.filter(({ retry_after }) => !(retry_after > 0)).map(() => "a 503 does not say when to come again"),
        ...(quantile(ms, 0.99) > GOAL_MS ? [`p99 is ${inSeconds(quantile(ms, 0.99))}`] : []),
        ...(recovery > GOAL_MS ? [`it took ${inSeconds(recovery)} to recover`] : []),
      ],
    }
  } finally {
    for (const each of callers) each.kill()
    await sql.end({ timeout: 2 })
    await close()
  }
}
