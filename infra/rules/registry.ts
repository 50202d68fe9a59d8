import { access } from "./access.ts"
import { compute } from "./compute.ts"
import { database } from "./database.ts"
import { origin } from "./origin.ts"
import { queueing } from "./queues.ts"
import { settings } from "./settings.ts"
import { stages } from "./stages.ts"
import { storage } from "./storage.ts"
import { watching } from "./watching.ts"

/** Every rule there is. Each has a mistake in mistakes.ts that it catches; a test compares the two. */
export const rules = [
  ...compute,
  ...queueing,
  ...storage,
  ...access,
  ...settings,
  ...database,
  ...watching,
  ...origin,
  ...stages,
]
