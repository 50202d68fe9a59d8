import { join } from "node:path"
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName } from "@robokit/functions/sizes"
import { LocalFunction } from "./lambda/function.ts"

/** How many of each this machine runs at once; everything else about them is as it deploys. */
const AT_ONCE: Record<FunctionName, number> = { api: 4, worker: 2, sweep: 1, "dead-letter": 1, migrate: 1 }

type Env = Record<string, string>

/** Every function there is, from the bundles in `folder`, with the same environment. */
export const makeFunctions = (folder: string, env: Env) =>
  Object.fromEntries(FUNCTION_NAMES.map((name) => [name, make(name, folder, env)])) as Record<
    FunctionName,
    LocalFunction
  >

const make = (name: FunctionName, folder: string, env: Env) =>
  new LocalFunction({ name, file: join(folder, `${name}.mjs`), env, ...FUNCTIONS[name], concurrency: AT_ONCE[name] })

export const concurrencyOf = (name: FunctionName) => AT_ONCE[name]

/** Brings the database to the newest schema before anything else uses it. */
export async function migrate([folder, database_url]: [folder: string, database_url: string]) {
  // Queues, bucket and Hub are not needed for it and may not be there yet; its settings name them all the same.
  const unused = { JOB_QUEUE_URL: "none", SWEEP_QUEUE_URL: "none", ARTIFACT_BUCKET: "none" }
  const fn = make("migrate", folder, { LOG_LEVEL: "warn", DATABASE_URL: database_url, ...unused })
  try {
    await fn.invoke({})
  } finally {
    await fn.stop()
  }
}
