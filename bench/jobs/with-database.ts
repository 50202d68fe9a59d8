import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Database } from "../../packages/core/src/db/database.ts"
import { migrate } from "../../packages/core/src/db/migrate.ts"
import { queueSettings } from "../../packages/functions/src/sizes.ts"
import { type PostgresOptions, startPostgres } from "../../packages/local/src/postgres.ts"

/** Settings of core/config.ts that must be there, whether or not a bench needs what they name. */
export const UNUSED = { ...queueSettings(() => "none"), ARTIFACT_BUCKET: "none", LOG_LEVEL: "warn" }

/** Works on a fresh PostgreSQL that syncs to the disk, which this process's core is connected to, with a folder of its own and the number of the server. */
export async function withDatabase<T>(
  work: (database_url: string, scratch: string, pid: number) => Promise<T>,
  settings: PostgresOptions["settings"] = {},
): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), "robokit-bench-"))
  try {
    const database = await startPostgres({ data_dir: join(scratch, "pg"), settings })
    try {
      await migrate(database.url)
      Object.assign(process.env, UNUSED, { DATABASE_URL: database.url })
      await Database.connectTo(database.url)
      return await work(database.url, scratch, database.pid)
    } finally {
      await Database.close()
      await database.stop()
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
