import { join } from "node:path"
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName, queueSettings } from "@robokit/functions/sizes"
import { LocalFunction } from "./lambda/function.ts"

/**
 * How many of each this machine runs at once; everything else about them is as it deploys. None is started before it is
 * asked for, so that who imports small datasets never pays for the larger workers.
 */
const AT_ONCE: Record<FunctionName, number> = {
  api: 4,
  "worker-light": 2,
  "worker-medium": 1,
  "worker-heavy": 1,
  sweep: 1,
  "dead-letter": 1,
  migrate: 1,
}

type Env = Record<string, string>

/** Every function there is, from the bundles in `folder`, with the same environment. */
export const makeFunctions = (folder: string, env: Env) =>
  Object.fromEntries(FUNCTION_NAMES.map((name) => [name, make(name, folder, env)])) as Record<
    FunctionName,
    LocalFunction
  >

function make(name: FunctionName, folder: string, env: Env) {
  const { handler: entry, timeout_s, memory_mb } = FUNCTIONS[name]
  const [bundle, handler] = entry.split(".") as [string, string]
  const file = join(folder, `${bundle}.mjs`)
  return new LocalFunction({ name, file, handler, timeout_s, memory_mb, env, concurrency: AT_ONCE[name] })
}

export const concurrencyOf = (name: FunctionName) => AT_ONCE[name]

/** Brings the database to the newest schema before anything else uses it. */
export async function migrate([folder, database_url]: [folder: string, database_url: string]) {
  // Queues, bucket and Hub are not needed for it and may not be there yet; its settings name them all the same.
  const unused = { ...queueSettings(() => "none"), ARTIFACT_BUCKET: "none" }
  const fn = make("migrate", folder, { LOG_LEVEL: "warn", DATABASE_URL: database_url, ...unused })
  try {
    await fn.invoke({})
  } finally {
    await fn.stop()
  }
}
