import { describe, expect, test } from "vitest"
import { hasSharedData } from "../../../test/shared-data.ts"
import { AppError } from "../../error.ts"
import { changed, extract, importTree, infoOf, v2, v3, withInfo, write } from "./hostile-trees.ts"

let deep: unknown = "end"
for (let level = 0; level < 55; level++) deep = [deep]
const HOSTILE: unknown[] = [
  null,
  true,
  "",
  "30",
  "../../../etc/passwd",
  "/etc/passwd",
  "{a}{b:03d}{",
  "{episode_index:099999999d}",
  "\0",
  "\ud800",
  "x".repeat(100_000),
  -1,
  0,
  0.5,
  1e18,
  1e308,
  NaN,
  Infinity,
  -Infinity,
  [],
  [null],
  [6],
  [6.5],
  [-1],
  [1e300],
  [[["x"]]],
  {},
  { a: { b: "c" } },
  deep,
  JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}'),
]

/** Every path into a value, containers included. */
function* paths(value: unknown, here: (string | number)[] = []): Generator<(string | number)[]> {
  if (here.length) yield here
  if (typeof value !== "object" || value === null) return
  for (const [key, each] of Object.entries(value)) yield* paths(each, [...here, key])
}

function replaced(value: unknown, path: (string | number)[], by: unknown): unknown {
  const [first, ...rest] = path
  if (first === undefined) return by
  const copy = structuredClone(value) as Record<string | number, unknown>
  copy[first] = replaced(copy[first], rest, by)
  return copy
}

describe.skipIf(!hasSharedData)("an info.json with any value anywhere", () => {
  test.each([
    ["2.1", v2],
    ["3.0", v3],
  ])("of version %s imports with truthful nulls or ends in a classed error", async (_, tree) => {
    const info = infoOf(tree)
    let imported = 0
    for (const path of paths(info)) {
      for (const value of HOSTILE) {
        const hostile = withInfo(tree, write(replaced(info, path, value)))
        try {
          const metadata = await extract(hostile)
          imported++
          // The table is whole, so no declaration can make its figures wrong.
          expect([metadata.episode_count, metadata.frame_count], path.join("/")).toEqual([2, 6])
          if (metadata.fps !== null) expect(metadata.duration_s).toBeCloseTo(6 / metadata.fps)
          else expect(metadata.duration_s).toBeNull()
          expect(JSON.stringify(metadata).length).toBeLessThan(256 * 1024)
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          expect(error.path, path.join("/")).toBeDefined()
        }
        await importTree(hostile).catch((error: unknown) => {
          if (!(error instanceof AppError)) throw error
        })
      }
    }
    expect(imported).toBeGreaterThan(500)
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined()
  })
})

describe.skipIf(!hasSharedData)("an info.json of the largest size", () => {
  test("gives a result under 256 KB that says what was left out", async () => {
    const feature = (dtype: string) => ({
      dtype,
      shape: [200],
      names: Array.from({ length: 200 }, (_, at) => `joint ${at}`),
    })
    const features = Object.fromEntries(
      Array.from({ length: 1900 }, (_, at) => [
        `observation.${"x".repeat(200)}${at}`,
        feature(at % 3 ? "float32" : "video"),
      ]),
    )
    const metadata = await extract(changed(v2, { features }))
    expect(Buffer.byteLength(JSON.stringify(metadata))).toBeLessThan(256 * 1024)
    expect(metadata).toMatchObject({ episode_count: 2, frame_count: 6 })
    expect(metadata.notes).toContainEqual(expect.stringMatching(/^\d+ of 1266 sensors are listed/))
  })
})

describe.skipIf(!hasSharedData)("the text of info.json", () => {
  const text = write(infoOf(v2))

  test("may have a byte order mark and bare NaN and Infinity", async () => {
    const info = text.replace('"fps":10', '"fps":NaN,"x":[Infinity,-Infinity],"y":"NaN Infinity \\" NaN"')
    const metadata = await extract(withInfo(v2, `\uFEFF${info}`))
    expect(metadata).toMatchObject({ fps: null, duration_s: null, frame_count: 6 })
    expect(metadata.notes).toContainEqual(expect.stringContaining("fps is NaN, which is no frame rate"))
  })

  test("may be windows-1252, and a note says that it was read so", async () => {
    const metadata = await extract(withInfo(v2, Buffer.from(text.replace("test_so100", "Gerät"), "latin1")))
    expect(metadata.robot_type).toBe("Gerät")
    expect(metadata.notes).toContainEqual(expect.stringContaining("not UTF-8"))
  })

  test.each([
    ["is cut off", text.slice(0, 300), /not valid JSON/],
    ["is a list", "[1,2]", /holds a list, not an object/],
    ["is empty", "", /is empty/],
    ["nests 100,000 deep", "[".repeat(100_000), /nests deeper than 64/],
    ["is 9 MB long", " ".repeat(9 * 1024 * 1024), /the limit is/],
    ["has a million quotes and backslashes", `{"a":"${'\\"'.repeat(500_000)}`, /not valid JSON/],
    ["is a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", /Git LFS pointer/],
  ])("that %s is refused", async (_, info, reason) => {
    const tree = withInfo(v2, info)
    await expect(extract(tree)).rejects.toMatchObject({
      path: "meta/info.json",
      message: expect.stringMatching(reason) as string,
    })
    await expect(importTree(tree)).rejects.toMatchObject({
      code: "format_unsupported",
      message: expect.stringMatching(reason) as string,
    })
  })
})
