import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { expect, test } from "vitest"
import { useDatabase } from "../../test/database.ts"

const database = useDatabase()
const SCRIPT = fileURLToPath(new URL("./huge.run.ts", import.meta.url))

test("95,658 episodes are indexed in bounded memory, and read in milliseconds", { timeout: 600_000 }, async () => {
  const env = { ...process.env, DATABASE_URL: database.url }
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, "v3"], { env, maxBuffer: 1 << 24 })
  const seen = JSON.parse(stdout.trim().split("\n").at(-1)!)
  expect(seen.error).toBeNull()
  expect(seen.result).toMatchObject({ episodes: 95_658, frames: 27_630_375, tasks: 20_000, notes: [] })
  const [row] = await database.admin`select count(*)::int as n, sum(length)::int as frames from episode`
  expect(row).toEqual({ n: 95_658, frames: 27_630_375 })
  expect(seen.max_rss_mb).toBeLessThan(900)
})
