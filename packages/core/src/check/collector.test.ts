import { expect, test } from "vitest"
import { Collector } from "./collector.ts"
import type { RuleInfo } from "./rule.ts"
import { Finding } from "./schema.ts"

const rule = (severity: RuleInfo["severity"]): RuleInfo => ({
  title: "t",
  severity,
  kind: severity === "error" ? "defect" : "risk",
  cost: "info",
  versions: "all",
  why: "w",
  reference: null,
})
const rules = { "A-ERROR": rule("error"), "B-INFO": rule("info") }

function gathered(groups: number, each: number, start = 0) {
  const collector = new Collector()
  for (const [code, info] of Object.entries(rules)) {
    const report = collector.for(code, info)
    for (let group = 0; group < groups; group++) {
      for (let at = 0; at < each; at++) {
        const episode = start + at
        report({ message: `m${episode}`, where: { episode, feature: `f${group}` }, size: episode })
      }
    }
  }
  return collector
}

test("occurrences of one feature are one finding with its episodes, its first places and the worst's words", () => {
  const [finding] = gathered(1, 30).findings(rules)
  expect(finding).toMatchObject({ code: "A-ERROR", occurrences: 30, message: "m29 (and 29 more)." })
  expect(finding!.where.episodes).toHaveLength(30)
  expect(finding!.places).toHaveLength(20)
})

test("what shards gathered comes together as if one had", () => {
  const whole = gathered(3, 40)
  const parts = new Collector()
  parts.merge(gathered(3, 20).toJSON())
  parts.merge(gathered(3, 20, 20).toJSON())
  expect(parts.findings(rules)).toEqual(whole.findings(rules))
})

test("the order in which occurrences come in makes no difference", () => {
  const places = Array.from({ length: 3000 }, (_, at) => ({
    message: `at ${at}`,
    where: { path: `file-${at % 7}`, episode: (at * 7919) % 1500, frame: at },
    size: at % 5,
  }))
  const inOrder = (all: typeof places) => {
    const collector = new Collector()
    all.forEach(collector.for("A-ERROR", rules["A-ERROR"]))
    return collector.findings(rules)
  }
  const shuffled = places.map((place, at) => [(at * 104_729) % 3001, place] as const).sort(([a], [b]) => a - b)
  expect(inOrder(shuffled.map(([, place]) => place))).toEqual(inOrder(places))
  expect(inOrder(places.toReversed())).toEqual(inOrder(places))
})

test("more groups than are kept are counted, within a shard and over shards", () => {
  const one = gathered(250, 2)
  expect(one.findings(rules).filter(({ code }) => code === "A-ERROR")).toHaveLength(200)
  expect(one.cut.get("A-ERROR")).toBe(100)
  const parts = new Collector()
  parts.merge(gathered(250, 1).toJSON())
  const other = new Collector()
  other.for("A-ERROR", rules["A-ERROR"])({ message: "one more", where: { feature: "other" } })
  parts.merge(other.toJSON())
  expect(parts.cut.get("A-ERROR")).toBe(51)
})

test("made to fit, it keeps an error of every rule and counts what went", () => {
  const collector = gathered(200, 100)
  collector.fit(20_000)
  expect(Buffer.byteLength(JSON.stringify(collector))).toBeLessThanOrEqual(20_000)
  const findings = collector.findings(rules)
  expect(findings[0]).toMatchObject({ code: "A-ERROR", occurrences: 100 })
  const kept = findings.reduce((sum, { occurrences }) => sum + occurrences, 0)
  const cut = [...collector.cut.values()].reduce((sum, count) => sum + count, 0)
  expect(kept + cut).toBe(2 * 200 * 100)
  const same = gathered(2, 2)
  const before = same.findings(rules)
  same.fit(20_000)
  expect(same.findings(rules)).toEqual(before)
})

test("names as long as a file may hold are cut", () => {
  const collector = new Collector()
  const long = "x".repeat(100_000)
  collector.for(
    "A-ERROR",
    rules["A-ERROR"],
  )({
    message: long,
    where: { path: long, feature: long },
    evidence: { found: long },
  })
  expect(JSON.stringify(collector).length).toBeLessThan(10_000)
})

test("numbers that JSON does not have leave places and evidence, and nothing else does", () => {
  const collector = new Collector()
  const report = collector.for("X", rule("error"))
  report({
    message: "It does not.",
    where: { path: "a", episode: NaN, frame: 1e308 },
    evidence: { found: Infinity, expected: 3, unit: "s" },
  })
  const findings = collector.findings({ X: rule("error") })
  expect(findings[0]).toMatchObject({ where: { path: "a" }, evidence: { found: null, expected: 3, unit: "s" } })
  expect(findings[0]!.where).not.toHaveProperty("episode")
  expect(() => Finding.parse(findings[0])).not.toThrow()
})
