import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { useDatabase } from "../packages/core/test/database.ts"
import { afterAll, expect, test } from "vitest"
import { secondsWith } from "./jobs/shards.ts"

const database = useDatabase()
const scratch = mkdtempSync(join(tmpdir(), "robokit-scaling-"))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

// Each waits four times, so that waiting is what takes the time even where others use the processors. `npm run bench --
// shards` is the long form.
test("two workers do shards that wait for the Hub at least 1.4 times as fast as one", async () => {
  const work = { shards: 30, requests: 4, database_url: database.url }
  const one = await secondsWith({ ...work, workers: 1, data_dir: join(scratch, "1") })
  const two = await secondsWith({ ...work, workers: 2, data_dir: join(scratch, "2") })
  expect(one / two, `${one} s and ${two} s`).toBeGreaterThan(1.4)
}, 60_000)
