import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"

/** The files of the migrations there are, in their order. */
export const migrations = readdirSync(fileURLToPath(new URL("../migrations/", import.meta.url)))
  .filter((name) => name.endsWith(".sql"))
  .sort()
