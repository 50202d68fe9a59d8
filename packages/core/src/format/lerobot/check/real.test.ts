import { readdirSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { hasSharedData, sharedData } from "../../../../test/shared-data.ts"
import { folderFiles } from "../../../files/folder.ts"
import { EXPECTED } from "./real-expected.ts"
import { validate } from "./validate.ts"

const FOLDERS = ["lerobot-made", "lerobot", "lerobot/ioai-fixtures/datasets", "lerobot/ioai-fixtures/invalid"]

const found = async (name: string) => {
  const ctx = {
    repo_id: "somebody/something",
    revision: "0".repeat(40),
    files: await folderFiles(sharedData(name)),
    card: { licence: null, tags: [] },
    signal: new AbortController().signal,
    progress() {},
  }
  return validate(ctx, { depth: "full", suppress: [] })
}

describe.skipIf(!hasSharedData)("datasets that nobody here wrote", () => {
  test("are all in the table", () => {
    const there = FOLDERS.flatMap((folder) =>
      readdirSync(sharedData(folder), { withFileTypes: true })
        .filter((each) => each.isDirectory() && each.name !== "ioai-fixtures")
        .map(({ name }) => `${folder}/${name}`),
    )
    expect(Object.keys(EXPECTED).sort()).toEqual(there.sort())
  })

  test.each(Object.keys(EXPECTED))("%s has the verdict and exactly the findings that are justified", async (name) => {
    const { verdict, findings, not_run } = await found(name)
    const expected = EXPECTED[name]!
    const codes = new Set(findings.map(({ severity, code }) => `${severity} ${code}`))
    const said = findings.map(({ severity, code, message }) => `${severity} ${code}: ${message}`).join("\n")
    expect([...codes].sort(), said).toEqual(Object.keys(expected.findings ?? {}).sort())
    expect(verdict).toBe(expected.verdict)
    expect(not_run.filter(({ reason }) => reason.startsWith("The rule itself broke"))).toEqual([])
  })
})
