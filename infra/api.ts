import { MOST_AT_ONCE } from "../packages/functions/src/sizes.ts"
import { functionOf } from "./function.ts"
import { migratedUrl } from "./migrate.ts"
import { maySend } from "./queues.ts"
import { hfToken, operatorKey } from "./secrets.ts"
import { settings } from "./settings.ts"
import { mayRead } from "./storage.ts"

/** Also the search proxy. It may sign addresses of results, and neither write nor delete one. */
export const api = functionOf("api", {
  environment: { ...settings(migratedUrl), HF_TOKEN: hfToken.value, OPERATOR_KEY: operatorKey.value },
  permissions: [maySend, mayRead],
  reserved: MOST_AT_ONCE.api,
  url: true,
})
