import { expect, test } from "vitest"
import { parseSettings } from "./settings.ts"

const isCode = (code: string) => ["INFO-FPS", "EP-SHARDS"].includes(code)
const settings = (text: string) => parseSettings(text, isCode)

test("a dataset says which rules it does not want to hear of, and what fails it", () => {
  expect(
    settings("validation:\n  suppress: [EP-SHARDS, EP-SHARDS]\n  fail_on: warning\nquality:\n  anything: 1\n"),
  ).toEqual({ suppress: ["EP-SHARDS"], fail_on: "warning", notes: [] })
  for (const text of ["", "# nothing\n", "validation:\n", "other: 1"]) {
    expect(settings(text)).toEqual({ suppress: [], fail_on: undefined, notes: [] })
  }
})

test("a code that no rule has is named", () => {
  const { suppress, notes } = settings("validation: {suppress: [INFO-FPS, NO-SUCH, '\\u202e']}")
  expect(suppress).toEqual(["INFO-FPS"])
  expect(notes).toEqual([expect.stringContaining('"NO-SUCH"')])
})

const bomb = [
  "a: &a [x,x,x,x,x,x,x,x,x]",
  ..."bcdefghi".split("").map((name, at) => {
    const before = "abcdefgh"[at]!
    return `${name}: &${name} [${Array(9).fill(`*${before}`).join(",")}]`
  }),
].join("\n")

test.each([
  ["not YAML", "validation: [unclosed"],
  ["a list", "- 1"],
  ["a text", "hello"],
  ["a number where a list belongs", "validation: {suppress: 3}"],
  ["a word that is no severity", "validation: {fail_on: never}"],
  ["a field that is not known", "validation: {supress: []}"],
  ["the same key twice", "validation: {}\nvalidation: {}"],
  ["a billion laughs", `${bomb}\nvalidation: {suppress: [*i]}`],
  ["an alias", "x: &x [INFO-FPS]\nvalidation: {suppress: *x}"],
  ["a tag", "validation: !!js/function 'function () {}'"],
  ["a tag of its own", "validation: !evil {suppress: []}"],
  ["brackets without end", "[".repeat(60_000)],
  ["braces without end", "{a: ".repeat(15_000)],
  ["steps without end", Array.from({ length: 300 }, (_, at) => `${" ".repeat(at)}a:`).join("\n")],
  ["lists in lists", `${"- ".repeat(30_000)}x`],
  ["control characters", "validation: \u0000\u0001"],
  ["a prototype", "__proto__: {polluted: true}\nvalidation: {__proto__: {suppress: [INFO-FPS]}}"],
])("%s does not count and harms nobody", (_, text) => {
  const began = performance.now()
  const { suppress, fail_on, notes } = settings(text)
  expect([suppress, fail_on]).toEqual([[], undefined])
  if (!text.includes("__proto__")) expect(notes).toEqual([expect.stringContaining(".robokit.yaml does not count")])
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined()
  expect(performance.now() - began).toBeLessThan(5000)
})
