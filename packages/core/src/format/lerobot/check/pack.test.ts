import { expect, test } from "vitest"
import { pack, unpack } from "./pack.ts"

const travelled = <T>(records: readonly object[]): T[] =>
  unpack<T>(JSON.parse(JSON.stringify(pack(records))) as ReturnType<typeof pack>)
const sizeOf = (value: unknown) => JSON.stringify(value).length

test("records come out of JSON as they went in: missing, null, NaN, infinite, nested and text fields", () => {
  const records = [
    { path: "a", rows: 3, index: { min: 0, max: NaN }, tasks: [1, Infinity], hash: null },
    { path: "a", rows: NaN, label: "~" },
    { path: "b", rows: 0, tasks: [], constant: ["x", "y"] },
    {},
    { index: { min: null } },
  ]
  expect(travelled(records)).toEqual(records)
  expect(travelled([])).toEqual([])
  expect(travelled([{}, {}])).toEqual([{}, {}])
})

test.each<[string, unknown[]]>([
  ["the same", [7, 7, 7, 7]],
  ["in a row", [3, 4, 5, 6, 7, 8]],
  ["falling, with gaps and doubles", [9, 7, 5, 5, 5, 5, 5, 1, 2, 3, 4, 5, 6]],
  ["in no order", [5, 1, 9, 2]],
  ["as large as they can be", [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 0, 1, 2, 3, 4, 5, 6]],
  ["fractions", [0.5, 0.5, 0.25, 1, 1, 1, 1]],
  ["numbers and texts", [1, "1", 1, "1"]],
  ["yes and no", [true, true, true]],
])("numbers %s", (_, values) => expect(travelled(values.map((a) => ({ a })))).toEqual(values.map((a) => ({ a }))))

test.each<[string, string[]]>([
  ["of many zeros", ["e_000", "e_001", "e_1000", "e_01", "e_1", "e_"]],
  ["with numbers too long for one", ["a1234567890123", "a1234567890124", "a0234567890125", "a9999999999999"]],
  ["of numbers in their ending and folders", ["c1/v.mp4", "c2/v.mp4", "c3/v1.mp4", "c4/v2.mp4", "c4/v3.mp4"]],
  ["of several lines and quotes", ['1\n2"', '2\n3"', "", "0", "00", "\\9"]],
  ["without any", Array.from({ length: 40 }, (_, at) => String.fromCodePoint(0x4e00 + at))],
  ["few, again and again", ["a", "b", "a", "b", "a", "a", "a"]],
  ["in folders", Array.from({ length: 400 }, (_, at) => `c-${at % 3}/e_${String(at).padStart(6, "0")}.p`)],
])("texts %s", (_, values) => expect(travelled(values.map((a) => ({ a })))).toEqual(values.map((a) => ({ a }))))

test("of four hundred files and their episodes little more than the numbers travels", () => {
  const schema = "action:float:1\nindex:int64:0\n".repeat(20)
  const path = (at: number) => `data/chunk-000/episode_${String(at).padStart(6, "0")}.parquet`
  const rowsOf = (at: number) => 200 + ((at * 37) % 101)
  const indexOf = (at: number) => Array.from({ length: at }, (_, each) => rowsOf(each)).reduce((sum, n) => sum + n, 0)
  const files = Array.from({ length: 400 }, (_, at) => ({
    path: path(at),
    kind: "data",
    rows: rowsOf(at),
    index: { min: indexOf(at), max: indexOf(at + 1) - 1 },
    episode_index: { min: at, max: at },
    schema,
  }))
  expect(travelled(files)).toEqual(files)
  const numbers = files.map(({ rows, index }) => [rows, index.min, index.max])
  expect(sizeOf(pack(files))).toBeLessThan(sizeOf(numbers) + sizeOf(schema) + 500)

  const episodes = files.map((_, episode) => ({ episode, path: path(episode) }))
  expect(travelled(episodes)).toEqual(episodes)
  expect(sizeOf(pack(episodes))).toBeLessThan(300)
})
