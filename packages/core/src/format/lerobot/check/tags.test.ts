import { beforeAll, expect, test } from "vitest"
import { contextOf } from "../../../../test/validating.ts"
import { memoryFiles } from "../../../files/memory.ts"
import type { Refs } from "../../schema.ts"
import { buildLeRobot } from "../builder.ts"
import { validate } from "./validate.ts"

const HERE = "1".repeat(40)
const THERE = "2".repeat(40)
const bytes: Record<string, Uint8Array> = {}
beforeAll(async () => {
  const names = ["pan", "lift"]
  const files = await buildLeRobot({
    version: "3.0",
    fps: 10,
    robot_type: "so101_follower",
    episodes: [20, 20, 30, 40].map((length) => ({ length, tasks: ["Pick"] })),
    signals: [
      { name: "action", role: "action", names },
      { name: "observation.state", role: "state", names },
    ],
  })
  for (const [path, file] of files) bytes[path] = await file.read(0, file.size)
})

async function look(refs?: Partial<Refs>) {
  const all = { read_at: "2026-11-26T11:45:12.345Z", main: HERE, versions: [], ...refs }
  const ctx = {
    ...contextOf(memoryFiles(bytes)),
    revision: HERE,
    card: { licence: null, tags: [], ...(refs && { refs: all }) },
  }
  const { verdict, findings, not_run } = await validate(ctx, { depth: "metadata", suppress: [] })
  return {
    verdict,
    findings: findings.filter(({ code }) => code.startsWith("TAG")),
    not_run: not_run.filter(({ code }) => code.startsWith("TAG")).map(({ reason }) => reason),
  }
}
const tagged = (...versions: [name: string, commit: string][]) =>
  look({ versions: versions.map(([name, commit]) => ({ name, commit })) })

test.each<[string, [name: string, commit: string][], string[]]>([
  ["the tag is where lerobot leaves it", [["v3.0", HERE]], []],
  [
    "the tag of before a conversion stays",
    [
      ["v2.1", THERE],
      ["v3.0", HERE],
    ],
    [],
  ],
  ["there is none", [], ["TAG-MISSING"]],
  [
    "there are others",
    [
      ["v2.1", THERE],
      ["v3.1", HERE],
      ["v3.0-rc1", HERE],
    ],
    ["TAG-MISSING"],
  ],
  ["main went on", [["v3.0", THERE]], ["TAG-STALE"]],
  [
    "a branch of that name is at main",
    [
      ["v3.0", THERE],
      ["v3.0", HERE],
    ],
    [],
  ],
  ["it lacks its letter", [["3.0", HERE]], ["TAG-NAME"]],
  ["it has a zero too many", [["v3.0.0", HERE]], ["TAG-NAME"]],
  ["both", [["3.0", THERE]], ["TAG-STALE", "TAG-NAME"]],
  [
    "another spelling lies beside",
    [
      ["3.0", THERE],
      ["v3.0", HERE],
    ],
    [],
  ],
])("%s", async (_, versions, codes) => {
  const { findings, verdict } = await tagged(...versions)
  expect(findings.map(({ code }) => code)).toEqual(codes)
  // Tags move without a commit: no commit fails by them.
  expect(verdict).toBe("pass")
})

test("a finding says when tags were looked at, and how to set them", async () => {
  const { message, evidence, fix } = (await tagged(["v2.1", HERE])).findings[0]!
  expect(message).toBe(
    'No tag or branch was named v3.0 when the dataset was imported (2026-11-26 11:45 UTC); of other versions there was "v2.1".',
  )
  expect(evidence).toEqual({ read_at: "2026-11-26T11:45:12.345Z", others: "v2.1" })
  expect(fix).toContain('HfApi().create_tag("acme/arm", tag="v3.0", repo_type="dataset")')
})

test("where nothing is known of main at this commit, nothing is said, and why", async () => {
  const of = async (refs?: Partial<Refs>) => {
    const { findings, not_run } = await look(refs)
    expect(findings).toEqual([])
    expect(new Set(not_run).size).toBe(1)
    return not_run[0]
  }
  expect(await of()).toMatch(/were not looked at when the dataset was imported/)
  expect(await of({ main: THERE })).toMatch(/not the commit of main/)
  expect(await of({ main: null })).toMatch(/not the commit of main/)
})
