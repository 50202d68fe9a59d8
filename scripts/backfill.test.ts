import { setTimeout as sleep } from "node:timers/promises"
import { afterEach, beforeEach, expect, test } from "vitest"
import { Job } from "../packages/core/src/job/job.ts"
import { jobs } from "../packages/core/src/job/registry.ts"
import { useDatabase } from "../packages/core/test/database.ts"
import { catchMessages, importDataset } from "../packages/core/test/engine.ts"
import { useScript } from "./use-script.ts"

const database = useDatabase()
const KNOWN = Object.keys(jobs)
const done = { result: {}, summary: {}, artifacts: [], usage: { requests: 0, bytes: 0, compute_ms: 0 } }

const script = useScript("backfill.mjs")
const backfill = (...args: string[]) => script(args, { BACKFILL_LOOK_MS: "50" })
beforeEach(() => void catchMessages())

/** Stands in for the workers: whatever is queued is done at once, and how many were open is written down. */
let working: NodeJS.Timeout | undefined
let most = 0
async function work() {
  const open = await database.admin`select id from job where status in ('pending', 'running') order by id`
  most = Math.max(most, open.length)
  for (const { id } of open) {
    const lease = await Job.claim(id, KNOWN)
    if (lease) await Job.complete(lease, done)
  }
  working = setTimeout(() => void work(), 20)
}
afterEach(() => clearTimeout(working))

async function importStale(count: number) {
  for (let at = 0; at < count; at++) await importDataset({ repo_id: `someone/${at}` })
  for (const { id } of await database.admin`select id from job`) await Job.complete((await Job.claim(id, KNOWN))!, done)
  await database.admin`update job set job_version = 0`
}

test("results of an older version are listed, computed again one at a time, and then there are none", async () => {
  await importStale(3)
  const before = await database.admin`select id from job`
  const listed = await backfill("--list")
  expect(listed).toMatchObject({ code: 0, output: expect.stringContaining(`${before.length} of an older version.`) })
  expect(await database.admin`select id from job`).toHaveLength(before.length)

  most = 0
  void work()
  const { code, output } = await backfill()
  expect({ code, output }).toMatchObject({
    code: 0,
    output: expect.stringContaining(`${before.length} of ${before.length}: `),
  })
  expect(output.match(/: done$/gm)).toHaveLength(before.length)
  expect(most).toBe(1)
  for (const args of [[], ["--list"]])
    expect(await backfill(...args)).toEqual({ code: 0, output: "Every result is of the present version.\n" })
})

test("whoever has work open comes first", async () => {
  await importStale(1)
  await importDataset({ repo_id: "someone/else" })
  const open = await database.admin`select id from job where status = 'pending'`
  const running = backfill("--type", "metadata_extraction")
  await sleep(1000)
  expect(await database.admin`select id from job where status = 'pending'`).toEqual(open)
  void work()
  expect(await running).toMatchObject({ code: 0, output: "1 of 1: metadata_extraction of dataset 1: done\n" })
})

test("what fails again is said, and is the exit code", async () => {
  await importStale(1)
  await database.admin`update job set params = '{"no": "such"}' where job_type = 'metadata_extraction'`
  void work()
  const { code, output } = await backfill("--type", "metadata_extraction")
  expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining("refused: ") })
})

test.each([[["--all"]], [["12"]], [["--type", "no;"]]])("%j is answered with how to use it", async (args) => {
  expect(await backfill(...args)).toMatchObject({ code: 2, output: expect.stringContaining("Usage: npm run backfill") })
})
