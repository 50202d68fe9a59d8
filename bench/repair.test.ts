import { memoryFiles } from "@robokit/core/files/memory"
import { passOver } from "@robokit/core/format/lerobot/check/assess"
import { readFacts } from "@robokit/core/format/lerobot/check/facts"
import { type Repair, repairs } from "@robokit/core/format/lerobot/check/repair"
import { lerobotRules } from "@robokit/core/format/lerobot/check/rules"
import { RuleRunner } from "@robokit/core/format/lerobot/check/runner"
import { scopeOf } from "@robokit/core/format/lerobot/check/scope"
import { expect, test } from "vitest"
import { Editable } from "./accuracy/editable.ts"
import { injections } from "./accuracy/injections.ts"
import { look } from "./accuracy/measure.ts"
import { subjects } from "./accuracy/subjects.ts"

const subject = (name: string) => subjects().find((each) => each.name === name)!

/** What the job offers for a dataset with these findings. */
async function offered(dataset: Editable): Promise<Repair[]> {
  const files = memoryFiles(dataset.files)
  const { signal } = new AbortController()
  const parts = new Set(["info", "episodes", "tasks", "stats"] as const)
  const ctx = {
    repo_id: "a/b",
    revision: "0".repeat(40),
    files,
    card: { licence: null, tags: [] },
    signal,
    progress: () => {},
    parts,
  }
  const facts = await readFacts(ctx)
  const runner = new RuleRunner(lerobotRules, facts, "metadata")
  const passed = await passOver(scopeOf(facts, "metadata", null), {
    files,
    facts,
    runner,
    depth: "metadata",
    isWanted: () => true,
    signal,
    progress: () => {},
  })
  const whole = {
    facts,
    files: passed.files,
    episodes: passed.episodes,
    aggregates: new Map(),
    twins: [],
    isComplete: true,
  }
  runner.run("dataset", facts)
  runner.run("whole", whole)
  return repairs(whole, new Set(runner.collector.findings(lerobotRules).map(({ code }) => code)))
}

async function damaged(name: string, rule: string) {
  const dataset = new Editable(await subject(name).files())
  const injection = injections.find((each) => each.rule === rule && each.versions.includes(subject(name).version))!
  await injection.apply(dataset, 1)
  return dataset
}

const codesOf = async (dataset: Editable) =>
  (await look(dataset, "metadata")).findings.filter(({ severity }) => severity !== "info").map(({ code }) => code)

/** Puts each repaired file into its place. */
function put(dataset: Editable, all: Repair[]) {
  for (const { name, body } of all) {
    const path = name.slice("repair/".length)
    if (dataset.files.has(path)) dataset.set(path, body)
  }
}

test.each([
  ["built-v21", "INFO-TOTAL-EP"],
  ["built-v30", "INFO-TOTAL-FRAMES"],
  ["built-v30", "INFO-TOTAL-TASKS"],
  ["built-v30", "INFO-SPLITS"],
  ["built-v30", "TASK-ROW-ORDER"],
])("what is offered for %s with %s mends it", async (name, rule) => {
  const dataset = await damaged(name, rule)
  expect(await codesOf(dataset)).toContain(rule)
  put(dataset, await offered(dataset))
  expect(await codesOf(dataset)).toEqual([])
})

test("the table for lerobot#2401 names the true file of every episode that points elsewhere", async () => {
  const dataset = await damaged("built-v30", "EP-FILE-INDEX")
  const all = await offered(dataset)
  const csv = all.find(({ name }) => name === "repair/data-file-index.csv")!.body as string
  const fixes = csv
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").map(Number))
  expect(fixes.length).toBeGreaterThan(0)
  await dataset.tables(/^meta\/episodes\//, (table) => {
    const episodes = table.column("episode_index").data as number[]
    for (const [episode, chunk, file] of fixes) {
      const row = episodes.indexOf(episode!)
      if (row < 0) continue
      ;(table.column("data/chunk_index").data as number[])[row] = chunk!
      ;(table.column("data/file_index").data as number[])[row] = file!
    }
  })
  expect(await codesOf(dataset)).toEqual([])
})

test("nothing is offered for a sound dataset", async () => {
  expect(await offered(new Editable(await subject("built-v30").files()))).toEqual([])
})
