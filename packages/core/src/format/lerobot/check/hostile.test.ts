import { readdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { Worker } from "node:worker_threads"
import { afterAll, describe, expect, test } from "vitest"
import { PAYLOADS } from "../../../../test/payloads.ts"
import { hasSharedData, sharedData } from "../../../../test/shared-data.ts"

type Tree = Map<string, Buffer>
interface Judged {
  verdict?: string
  broken?: string[]
  bytes?: number
  storable?: boolean
  thrown?: string
}

const PATIENCE_MS = 10_000
const LIMITS = { maxOldGenerationSizeMb: 384, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 }

let thread: Worker | undefined
afterAll(() => thread?.terminate())

/** What the thread says; its end, its memory and its silence are failures. */
function judged(tree: Tree): Promise<Judged> {
  thread ??= new Worker(new URL("hostile.thread.ts", import.meta.url), { execArgv: [], resourceLimits: LIMITS })
  const worker = thread
  return new Promise((resolve) => {
    const end = (said: Judged) => {
      clearTimeout(clock)
      for (const [event, listener] of Object.entries(heard)) worker.off(event, listener)
      if (said.verdict === undefined) {
        worker.on("error", () => {})
        thread = undefined
        void worker.terminate()
      }
      resolve(said)
    }
    const clock = setTimeout(() => end({ thrown: `it did not end within ${PATIENCE_MS} ms` }), PATIENCE_MS)
    const heard = {
      message: end,
      error: (error: unknown) => end({ thrown: String(error) }),
      exit: (code: number) => end({ thrown: `the thread ended with ${code}` }),
    }
    for (const [event, listener] of Object.entries(heard)) worker.on(event, listener)
    worker.postMessage([...tree])
  })
}

/** Numbers that are the same at every run. */
function randomFrom(seed: number) {
  let state = seed >>> 0 || 1
  return (below: number) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}
type Random = ReturnType<typeof randomFrom>

const patched = (body: Buffer, change: (copy: Buffer) => void) => {
  const copy = Buffer.from(body)
  if (copy.length) change(copy)
  return copy
}
const span = ({ length }: Buffer, most: number, random: Random): [number, number] => {
  const from = random(length)
  return [from, Math.min(length, from + most)]
}
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 123\n`

/** What may happen to any file. */
const BYTES: Record<string, (body: Buffer, random: Random) => Buffer> = {
  "one bit": (body, random) => patched(body, (copy) => (copy[random(copy.length)]! ^= 1 << random(8))),
  "sixteen bits": (body, random) =>
    patched(body, (copy) => {
      for (let at = 0; at < 16; at++) copy[random(copy.length)]! ^= 1 << random(8)
    }),
  "bits at the end": (body, random) =>
    patched(body, (copy) => {
      for (let at = 0; at < 8; at++) copy[copy.length - 1 - random(Math.min(copy.length, 600))]! ^= 1 << random(8)
    }),
  "bits at the start": (body, random) =>
    patched(body, (copy) => {
      for (let at = 0; at < 8; at++) copy[random(Math.min(copy.length, 200))]! ^= 1 << random(8)
    }),
  "cut short": (body, random) => body.subarray(0, random(body.length + 1)),
  "cut by a byte": (body) => body.subarray(0, -1),
  empty: () => Buffer.alloc(0),
  "a block of zeros": (body, random) => patched(body, (copy) => copy.fill(0, ...span(copy, 4096, random))),
  "a block of ones": (body, random) => patched(body, (copy) => copy.fill(0xff, ...span(copy, 64, random))),
  noise: (body, random) => Buffer.from(Array.from({ length: Math.min(body.length, 5000) }, () => random(256))),
  "twice in a row": (body) => Buffer.concat([body, body]),
  "a byte order mark before it": (body) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]),
  "an LFS pointer": () => Buffer.from(POINTER),
  "a length that lies": (body, random) =>
    patched(body, (copy) => {
      const at = [copy.length - 8, 0, 4, random(copy.length)][random(4)]!
      if (at >= 0 && at + 4 <= copy.length) copy.writeUInt32LE([0, 1, 0x7fffffff, 0xffffffff][random(4)]!, at)
    }),
}

let deep = "1"
for (let level = 0; level < 3000; level++) deep = `[${deep}]`
const features = (count: number, name: (at: number) => string) =>
  `"features": {${Array.from({ length: count }, (_, at) => `${JSON.stringify(name(at))}: {"dtype": "float32", "shape": [${at}]}`).join(",")}}`

/** What may happen to JSON, JSON Lines, YAML and Markdown. */
const TEXTS: Record<string, (text: string, random: Random) => string | Buffer> = {
  "bare NaN for numbers": (text) => text.replaceAll(/\b\d+(\.\d+)?\b/g, "NaN"),
  "some infinite numbers": (text, random) =>
    text.replaceAll(/\b\d+(\.\d+)?\b/g, (number) =>
      random(3) ? number : ["Infinity", "-Infinity", "1e308"][random(3)]!,
    ),
  "numbers that are huge, negative or fractions": (text, random) =>
    text.replaceAll(/\b\d+\b/g, (number) =>
      random(3) ? number : ["1e18", "-1", "0.5", "9007199254740993", "-0"][random(5)]!,
    ),
  "numbers as texts": (text) => text.replaceAll(/: ?(\d+)/g, ': "$1"'),
  "texts as payloads": (text, random) =>
    text.replaceAll(/: ?"[^"]*"/g, () => `: ${JSON.stringify(PAYLOADS[random(PAYLOADS.length)])}`),
  "keys as payloads": (text, random) =>
    text.replaceAll(/"([\w.]+)":/g, (all) =>
      random(4) ? all : `${JSON.stringify(PAYLOADS[random(PAYLOADS.length)])}:`,
    ),
  "null for everything": (text) => text.replaceAll(/: ?("[^"]*"|\d+|true|false)/g, ": null"),
  "lists for objects": (text) =>
    text
      .replaceAll("{", "[")
      .replaceAll("}", "]")
      .replaceAll(/"[^"]*" ?:/g, ""),
  "nested without end": () => `{"a": ${deep}}`,
  "nested where a value belongs": (text, random) =>
    text.replace(/: ?[\d"][^,}]*/, `: ${deep.slice(0, 100 + random(100))}`),
  prototypes: (text) =>
    text.replace("{", '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "toString": 3,'),
  "keys twice": (text) => text.replace(/("[\w.]+": ?[^,{}[\]]+),/g, "$1, $1,"),
  "a hundred thousand features": (text) =>
    text.replace(/"features": ?\{/, `${features(100_000, (at) => `f${at}`)}, "x": {`),
  "features of every name": (text) =>
    text.replace(/"features": ?\{/, `${features(PAYLOADS.length, (at) => PAYLOADS[at]!)}, "x": {`),
  "UTF-16": (text) => Buffer.from(`\ufeff${text}`, "utf16le"),
  "no UTF-8": (text) => Buffer.concat([Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from(text)]),
  "zero bytes within": (text) => text.replaceAll(" ", "\0"),
  "one line without end": (text) => text.replaceAll("\n", " ").repeat(Math.ceil(2_000_000 / (text.length + 1))),
  "a million lines": () => "{}\n".repeat(300_000),
  "halves of pairs": (text) => text.replaceAll(/"([^"]*)"/g, '"\\ud800$1\\udfff"'),
}

const KINDS: [kind: string, pattern: RegExp, isText: boolean][] = [
  ["info.json", /^meta\/info\.json$/, true],
  ["stats.json", /^meta\/stats\.json$/, true],
  ["JSON Lines", /^meta\/.*\.jsonl$/, true],
  ["tasks.parquet", /^meta\/tasks\.parquet$/, false],
  ["episodes", /^meta\/episodes\/.*\.parquet$/, false],
  ["data", /^data\/.*\.parquet$/, false],
  ["videos", /\.mp4$/, false],
  ["README.md", /^README\.md$/, true],
  [".robokit.yaml", /^\.robokit\.yaml$/, true],
]
const OWN: [string, string][] = [
  [
    "README.md",
    '---\ntags: ["LeRobot"]\nlicense: mit\nconfigs:\n- config_name: default\n  data_files: data/*/*.parquet\n---\n# A set\n',
  ],
  [".robokit.yaml", "validation: {suppress: [EP-SHARDS], fail_on: error}\n"],
]
const SETS = [
  "lerobot-made/made-v30-session2",
  "lerobot/ioai-fixtures/datasets/lerobotv2",
  "lerobot-made/made-v30-images",
]

function treeOf(name: string): Tree {
  const root = sharedData(name)
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  const paths = entries.map((each) => join(each.parentPath, each.name))
  const own = OWN.map(([path, text]): [string, Buffer] => [path, Buffer.from(text)])
  return new Map([...own, ...paths.map((path): [string, Buffer] => [relative(root, path), readFileSync(path)])])
}

/** Every kind of file of every set, in every way, each with a seed of its own. */
function* mutations() {
  let seed = 0
  for (const set of SETS) {
    const tree = treeOf(set)
    for (const [kind, pattern, isText] of KINDS) {
      const paths = [...tree.keys()].filter((path) => pattern.test(path))
      if (paths.length === 0) continue
      const ways = [
        ...Object.entries(BYTES),
        ...(isText
          ? Object.entries(TEXTS).map(
              ([name, way]) =>
                [name, (body: Buffer, random: Random) => Buffer.from(way(body.toString(), random) as string)] as const,
            )
          : []),
      ]
      for (const [name, way] of ways) {
        const random = randomFrom(++seed * 7919)
        const path = paths[random(paths.length)]!
        yield {
          name: `${set}, ${kind}: ${name} (${path})`,
          tree: new Map(tree).set(path, way(tree.get(path)!, random)),
        }
      }
    }
  }
}

describe.skipIf(!hasSharedData)("a dataset of which one file is not what it should be", () => {
  test(
    "gets a verdict or a classed error: no rule breaks, nothing hangs, memory is bounded",
    { timeout: 300_000 },
    async () => {
      const wrong: string[] = []
      const verdicts = new Map<string, number>()
      let count = 0
      for (const { name, tree } of mutations()) {
        const { verdict, broken = [], bytes = 0, storable, thrown } = await judged(tree)
        count++
        verdicts.set(verdict ?? "thrown", (verdicts.get(verdict ?? "thrown") ?? 0) + 1)
        if (thrown) wrong.push(`${name}: ${thrown.slice(0, 400)}`)
        if (broken.length) wrong.push(`${name}: ${broken.join()} broke`)
        if (bytes > 4 * 1024 * 1024) wrong.push(`${name}: a result of ${bytes} bytes`)
        if (storable === false) wrong.push(`${name}: a result that no database takes`)
      }
      console.log(count, "mutations:", Object.fromEntries(verdicts))
      expect(wrong).toEqual([])
      expect(count).toBeGreaterThanOrEqual(300)
      expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined()
    },
  )

  test.each(SETS)("%s itself passes, so that it is the mutations that are found", async (set) => {
    const { verdict, thrown } = await judged(treeOf(set))
    expect(thrown).toBeUndefined()
    expect(["pass", "fail"]).toContain(verdict)
  })
})
