import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { buildFunctions } from "../../packages/functions/build.ts"
import type { Graph } from "./graph.ts"
import { caughtBy, expectedFor } from "./judge.ts"
import { mistakes } from "./mistakes.ts"
import { rules } from "./registry.ts"

const PROGRAM = fileURLToPath(new URL("record.ts", import.meta.url))

/** In a process of its own: the program's modules keep what they made, and a stage is told at the start. */
const graphOf = (stage: string): Graph =>
  JSON.parse(execFileSync(process.execPath, [PROGRAM, stage], { encoding: "utf8", maxBuffer: 2 ** 24 }))

const production = graphOf("production")

describe.each(["dev", "production"])("stage %s", (stage) => {
  const graph = stage === "production" ? production : graphOf(stage)

  test.each(rules)("$id: $title", (rule) => {
    expect(rule.check(graph)).toEqual([])
  })
})

test("what would deploy is the folder that npm start runs", async () => {
  expect(production.bundles).toBe(await buildFunctions())
})

test.each(mistakes)("a mistake is caught by the rule for it alone: $rule, $title", (mistake) => {
  expect(caughtBy(mistake, production).toSorted()).toEqual(expectedFor(mistake))
})

test("every rule has a mistake that it catches", () => {
  const caught = new Set(mistakes.map(({ rule }) => rule))
  expect(rules.map(({ id }) => id).filter((id) => !caught.has(id))).toEqual([])
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
})
