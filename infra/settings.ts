import { queueSettings } from "../packages/functions/src/sizes.ts"
import { queueOf } from "./queues.ts"
import { databaseUrl } from "./secrets.ts"
import { artifacts } from "./storage.ts"

/** Limits of core/config.ts, taken from the environment of who deploys; one that is not set is no limit. */
const LIMITS = [
  "JOB_RUNNING_CAP",
  "JOB_TENANT_RUNNING_CAP",
  "BUDGET_DAY_USD",
  "BUDGET_TENANT_DAY_USD",
  "BUDGET_TENANT_MONTH_USD",
] as const

const limits = Object.fromEntries(
  LIMITS.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
) as Record<string, string>

/** Settings of core/config.ts that every function must have; what it may do with what they name, its role decides. */
export const settings = (url: $util.Input<string> = databaseUrl.value) => ({
  DATABASE_URL: url,
  ...queueSettings((queue) => queueOf(queue).url),
  ARTIFACT_BUCKET: artifacts.name,
  ...limits,
  // The dimension `service` of every metric, so that stages of one account do not mix.
  POWERTOOLS_SERVICE_NAME: `${$app.name}-${$app.stage}`,
})
