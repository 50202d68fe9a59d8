import { afterEach, beforeEach, expect, test } from "vitest"
import { bury } from "../packages/core/src/job/dead-letters.ts"
import { Job } from "../packages/core/src/job/job.ts"
import { useDatabase } from "../packages/core/test/database.ts"
import { catchMessages, importDataset } from "../packages/core/test/engine.ts"
import { OPERATOR_KEY, withSettings } from "../packages/functions/test/operator.ts"
import { useScript } from "./use-script.ts"

const database = useDatabase()
const KNOWN = ["metadata_extraction"]

let caught: ReturnType<typeof catchMessages>
const redrive = useScript("redrive.mjs")
beforeEach(() => void (caught = catchMessages()))
afterEach(() => withSettings({ OPERATOR_KEY: undefined }))
const importDead = async () => {
  const { id } = await importDataset()
  const job_id = (await Job.list(id)).rows[0]!.id
  await bury(job_id, KNOWN)
  return job_id
}

test("dead jobs are listed, and run again by their ids", async () => {
  expect(await redrive(["--list"])).toEqual({ code: 0, output: "No job is dead.\n" })
  const [one, two] = [await importDead(), await importDead()]
  const { code, output } = await redrive(["--list"])
  expect(code).toBe(0)
  expect(output).toMatch(/^1 {2}dataset 1 {2}metadata_extraction .* dead_lettered: [^]*^2 {2}dataset 2 [^]*^2 dead\./m)

  caught.sent.length = 0
  expect(await redrive([String(one), String(two)])).toEqual({
    code: 0,
    output: "1: queued again (metadata_extraction of dataset 1)\n2: queued again (metadata_extraction of dataset 2)\n",
  })
  expect(caught.jobs()).toEqual([one, two])
  expect(await Job.find(one)).toMatchObject({ status: "pending", state_detail: "queued" })
})

test("a list longer than a page is listed whole", async () => {
  await importDead()
  await database.admin`insert into job (dataset_id, job_type, job_version, params, params_hash, status, state_detail,
      completed_at, error_code, error)
    select dataset_id, job_type, job_version, params, lpad(to_hex(n), 64, '0'), status, state_detail, completed_at,
      error_code, error from job, generate_series(1, 150) as n`
  const { output } = await redrive(["--list"])
  const ids = output
    .trim()
    .split("\n")
    .slice(0, -1)
    .map((line) => Number(/^\d+/.exec(line)![0]))
  expect(ids).toEqual(Array.from({ length: 151 }, (_, at) => at + 1))
  expect(output).toContain("151 dead.")
})

test("what is not dead is left alone and said so; what is not there fails", async () => {
  const [open, done, dead] = [(await importDataset(), 1), (await importDataset(), 2), await importDead()]
  const lease = (await Job.claim(done, KNOWN))!
  await Job.complete(lease, { result: {}, summary: {}, artifacts: [], usage: lease.job.usage })
  const before = await database.admin`select * from job where id in (${open}, ${done}) order by id`
  const { code, output } = await redrive([String(open), String(done), "404", String(dead)])
  expect(code).toBe(1)
  expect(output).toContain("1: is queued, not dead; nothing done")
  expect(output).toContain("2: is completed, not dead; nothing done")
  expect(output).toContain("404: not found: There is no job 404.")
  expect(output).toContain("3: queued again")
  expect(await database.admin`select * from job where id in (${open}, ${done}) order by id`).toEqual(before)
})

test("it needs the operator's key where there is one, and says what is wrong", async () => {
  await importDead()
  withSettings({ OPERATOR_KEY })
  const refused = await redrive(["1"])
  expect(refused).toMatchObject({
    code: 1,
    output: expect.stringContaining("[operator_key_required] Set OPERATOR_KEY."),
  })
  expect(await redrive(["1"], { OPERATOR_KEY })).toMatchObject({ code: 0 })
  expect(await redrive(["1"], { ROBOKIT_URL: "http://127.0.0.1:9" })).toMatchObject({
    code: 1,
    output: expect.stringContaining("http://127.0.0.1:9 does not answer"),
  })
})

test.each([[[]], [["--all"]], [["--list", "1"]], [["1", "x"]], [["0"]]])(
  "%j is answered with how to use it",
  async (args) => {
    expect(await redrive(args)).toMatchObject({ code: 2, output: expect.stringMatching(/^Usage: npm run redrive/) })
  },
)
