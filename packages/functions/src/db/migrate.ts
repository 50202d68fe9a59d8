import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { config } from "@robokit/core/config"
import { migrate } from "@robokit/core/db/migrate"

/** Runs at each deployment and each start, before anything else. */
export async function handler(): Promise<{ app_role: boolean }> {
  // Bundled, the migrations lie beside this file; in the source tree core knows where they are.
  const bundled = fileURLToPath(new URL("./migrations", import.meta.url))
  return migrate(config().DATABASE_URL, existsSync(bundled) ? bundled : undefined)
}
