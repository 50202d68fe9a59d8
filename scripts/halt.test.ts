import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { expect, test } from "vitest"
import { useDatabase } from "../packages/core/test/database.ts"

const database = useDatabase()
const script = join(import.meta.dirname, "halt.mjs")

const run = (args: string[], env: Record<string, string> = { DATABASE_URL: database.url }) =>
  promisify(execFile)(process.execPath, [script, ...args], { env: { PATH: process.env.PATH, ...env } }).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, said: stderr }),
  )
const halted = async () => (await database.admin`select reason from halt`).map((row) => row.reason as string)

test("the switch is turned with a reason, again with another, and back", async () => {
  expect(await run(["costs", "run away"])).toMatchObject({ code: 0, said: expect.stringMatching(/^Halted/) })
  expect(await halted()).toEqual(["costs run away"])
  await run(["still looking"])
  expect(await halted()).toEqual(["still looking"])
  expect(await run(["--resume"])).toEqual({ code: 0, said: "Work begins again.\n" })
  expect(await halted()).toEqual([])
  expect(await run(["--resume"])).toEqual({ code: 0, said: "Nothing was halted.\n" })
})

test("without a reason, with too long a one, or with nothing running it says what it wants, and changes nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "robokit-halt-"))
  try {
    const wrong = [[], ["x".repeat(501)], ["--resume", "why"], ["--now"]]
    for (const answer of await Promise.all(wrong.map((args) => run(args)))) {
      expect(answer).toMatchObject({ code: 2, said: expect.stringContaining("Usage:") })
    }
    expect(await run(["why", "--data-dir", folder], {})).toMatchObject({
      code: 2,
      said: expect.stringContaining("No RoboKit runs on"),
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
  expect(await halted()).toEqual([])
})
