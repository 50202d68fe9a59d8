import { queueSettings } from "../packages/functions/src/sizes.ts"
import { queueOf } from "./queues.ts"
import { databaseUrl } from "./secrets.ts"
import { limits } from "./stage.ts"
import { artifacts } from "./storage.ts"

/** Settings of core/config.ts that every function must have; what it may do with what they name, its role decides. */
export const settings = (url: $util.Input<string> = databaseUrl.value) => ({
  DATABASE_URL: url,
  ...queueSettings((queue) => queueOf(queue).url),
  ARTIFACT_BUCKET: artifacts.name,
  ...limits,
  // The dimension `service` of every metric, so that stages of one account do not mix.
  POWERTOOLS_SERVICE_NAME: `${$app.name}-${$app.stage}`,
})
