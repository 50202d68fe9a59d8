import { vi } from "vitest"
import { Config } from "../src/config.ts"

/** Names of the settings without which `config()` throws. */
const REQUIRED = Object.entries(Config.shape).flatMap(([name, field]) =>
  field.safeParse(undefined).success ? [] : [name],
)

/** For tests that need a setting or two, and a database, queues and a bucket only in name. */
export function stubRequired() {
  for (const name of REQUIRED) vi.stubEnv(name, "unused")
}
