import { expect, test } from "vitest"
import { pack, unpack } from "./pack.ts"

const travelled = <T>(records: readonly object[]): T[] =>
  unpack<T>(JSON.parse(JSON.stringify(pack(records))) as ReturnType<typeof pack>)

test("records come out of JSON as they went in: missing, null, NaN, infinite, nested and text fields", () => {
  const records = [
    { path: "a", rows: 3, index: { min: 0, max: NaN }, tasks: [1, Infinity], hash: null },
    { path: "a", rows: NaN, label: "~" },
    { path: "b", rows: 0, tasks: [], constant: ["x", "y"] },
    {},
  ]
  expect(travelled(records)).toEqual(records)
  expect(travelled([])).toEqual([])
})

test("a thousand summaries of files take less than a quarter of their JSON", () => {
  const records = Array.from({ length: 1000 }, (_, at) => ({
    path: `data/chunk-000/file-${String(at).padStart(3, "0")}.parquet`,
    kind: "data",
    rows: 300 + at,
    index: { min: at * 300, max: at * 300 + 299 },
    schema: "action/list/element:float index:int64 ".repeat(20),
  }))
  expect(JSON.stringify(pack(records)).length).toBeLessThan(JSON.stringify(records).length / 4)
  expect(travelled(records)).toEqual(records)
})
