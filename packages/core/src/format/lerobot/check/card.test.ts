import { expect, test } from "vitest"
import { contextOf } from "../../../../test/validating.ts"
import { memoryFiles } from "../../../files/memory.ts"
import { buildLeRobot, type LeRobotSpec } from "../builder.ts"
import { validate } from "./validate.ts"

const names = ["pan", "lift"]
const spec: LeRobotSpec = {
  version: "3.0",
  fps: 10,
  robot_type: "so101_follower",
  episodes: [20, 20, 30, 40].map((length) => ({ length, tasks: ["Pick"] })),
  signals: [
    { name: "action", role: "action", names },
    { name: "observation.state", role: "state", names },
  ],
}
const FRONT = "tags:\n- LeRobot\nconfigs:\n- config_name: default\n  data_files: data/*/*.parquet\n"

async function built() {
  const bytes: Record<string, Uint8Array | string> = {}
  for (const [path, file] of await buildLeRobot(spec)) bytes[path] = await file.read(0, file.size)
  return { bytes, info: Buffer.from(bytes["meta/info.json"] as Uint8Array).toString() }
}

/** What is said of a README.md; undefined: there is none. */
async function look(readme: ((info: string) => string) | undefined) {
  const { bytes, info } = await built()
  if (readme) bytes["README.md"] = readme(info)
  const files = memoryFiles(bytes)
  const ctx = contextOf(files)
  const { verdict, findings, not_run } = await validate(ctx, { depth: "metadata", suppress: [] })
  return {
    verdict,
    requests: files.usage.requests,
    said: findings.filter(({ code }) => code.startsWith("CARD")).map(({ code, message }) => `${code}: ${message}`),
    not_run: not_run.filter(({ code }) => code.startsWith("CARD")),
  }
}

const card = (front: string, info = "") => `---\n${front}---\n# A set\n${info}`
const block = (info: string) => `\n[meta/info.json](meta/info.json):\n\`\`\`json\n${info}\n\`\`\`\nmore\n`

test("a card that says what info.json says is sound, however it is spelled, and costs one request", async () => {
  const without = await look(undefined)
  const reordered = (info: string) => {
    const { fps, ...rest } = JSON.parse(info) as { fps: number }
    return JSON.stringify({ ...rest, fps }).replace(`"fps":${fps}`, `"fps":${fps}.0`)
  }
  for (const readme of [
    () => card(FRONT),
    (info: string) => card(FRONT, block(info)),
    (info: string) => `\uFEFF${card(FRONT, block(reordered(info)))}`.replaceAll("\n", "\r\n"),
    (info: string) =>
      card("tags: [LeRobot]\nconfigs: [{data_files: [{split: train, path: data/*/*.parquet}]}]\n", info),
  ]) {
    const found = await look(readme)
    expect(found).toMatchObject({ verdict: "pass", said: [], not_run: [] })
    expect(found.requests).toBe(without.requests + 1)
  }
})

test("without a card, or with one that is too long, nothing is said of it, and why", async () => {
  const { said, not_run, verdict } = await look(undefined)
  expect({ said, verdict }).toEqual({ said: [], verdict: "pass" })
  expect(not_run.map(({ reason }) => reason)).toEqual([
    "card cannot be looked at: README.md is missing.",
    "card cannot be looked at: README.md is missing.",
  ])
  const long = await look(() => "x".repeat(1024 * 1024 + 1))
  expect(long.said).toEqual([])
  expect(long.not_run[0]!.reason).toMatch(/the limit is 1048576/)
})

const CARD = "The copy of info.json in README.md"
test.each<[string, (info: string) => string, RegExp[]]>([
  [
    "a count of before",
    (info) => block(info.replace('"total_episodes": 4', '"total_episodes": 3')),
    [new RegExp(`${CARD} has "total_episodes" as 3, not 4\\.`)],
  ],
  [
    "several keys",
    (info) => block(JSON.stringify({ ...(JSON.parse(info) as object), features: {}, fps: 5, x: 1 })),
    [new RegExp(`${CARD} .*, and differs in 2 other keys`)],
  ],
  ["no JSON", () => block("{'fps': 10}"), [new RegExp(`${CARD} is no JSON object`)]],
  ["a block that does not end", () => block("{").split("\n").slice(0, 4).join("\n"), [/is no JSON object/]],
  ["another block of JSON", () => '\n[meta/info.json](meta/info.json)\nis this:\n```json\n{"fps": 1}\n```\n', []],
])("the copy of info.json may be stale: %s", async (_, text, said) => {
  const found = await look((info) => card(FRONT, text(info)))
  expect(found.said).toEqual(said.map((each) => expect.stringMatching(each) as string))
  expect(found.verdict).toBe("pass")
})

test.each<[string, string, RegExp[]]>([
  ["no front matter", "# A set", [/README\.md has no front matter/]],
  ["front matter that does not end", "---\ntags: [LeRobot]\n", [/has no front matter/]],
  ["front matter that is a list", card("- LeRobot\n"), [/does not count: it is a list/]],
  ["broken YAML", card("tags: [LeRobot\n"), [/does not count: it is not valid YAML/]],
  ["an alias", card("a: &a LeRobot\ntags: [*a]\n"), [/does not count: it is not plain YAML/]],
  ["another case", card(FRONT.replace("LeRobot", "lerobot")), [/lack LeRobot \("lerobot" is another\)/]],
  ["nothing in it", card("\n"), [/tags lack LeRobot\./, /names no data files/]],
  [
    "other data files",
    card(FRONT.replace(/data_files: .*/, "data_files: '**/*.parquet'")),
    [/data files are "\*\*\/\*\.parquet", not/],
  ],
])("the front matter is judged: %s", async (_, readme, said) => {
  const found = await look(() => readme)
  const expected = said.map((each) => expect.stringMatching(each) as string)
  expect(found.said.toSorted()).toEqual(expect.arrayContaining(expected))
  expect(found.said).toHaveLength(said.length)
})
