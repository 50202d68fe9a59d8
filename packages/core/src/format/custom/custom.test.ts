import { expect, test } from "vitest"
import { memoryFiles } from "../../files/memory.ts"
import { custom } from "./custom.ts"
import { csvTable, jsonlTable } from "./tables.ts"

const bytes = (text: string) => new TextEncoder().encode(text)
const columns = (text: string, complete = true) => csvTable("t.csv", bytes(text), complete)

const extract = async (tree: Record<string, string | Uint8Array>) => {
  const files = memoryFiles(tree)
  const metadata = await custom.extract!({
    repo_id: "a/b",
    revision: "0".repeat(40),
    files,
    card: { licence: "mit", tags: ["x"] },
    progress: () => {},
    signal: new AbortController().signal,
  })
  return { metadata, files }
}

test("files are counted by kind and nothing is invented", async () => {
  const { metadata } = await extract({ "a/run.mcap.zstd": "12345", "b.csv": "t,x\n1,2\n", "c.bin": "123", "e.md": "" })
  expect(metadata.files).toEqual({
    count: 4,
    bytes: 16,
    by_kind: {
      rosbag: { count: 1, bytes: 5 },
      csv: { count: 1, bytes: 8 },
      other: { count: 1, bytes: 3 },
      text: { count: 1, bytes: 0 },
    },
  })
  expect(metadata).toMatchObject({ episode_count: null, frame_count: null, fps: null, licence: "mit", tags: ["x"] })
  expect(metadata.notes).toContain("A custom repository declares no episodes, frames or cameras, so these are unknown.")
})

test("at most 64 KB of a table are read, whatever its size", async () => {
  const { metadata, files } = await extract({
    "big.csv": `a,b\n${"1,2\n".repeat(100_000)}`,
    "image.png": "x".repeat(999),
  })
  expect(files.usage.bytes).toBe(64 * 1024)
  expect(metadata.details.tables).toMatchObject([{ path: "big.csv", complete: false, rows_sampled: 200 }])
})

test("csv columns have names and the type their values share", () => {
  const table = columns('t;"pos; x";ok;note\n0;1.5;true;"a ""b"""\n1;-2e3;false;\n')
  expect(table).toMatchObject({ delimiter: ";", has_header: true, rows_sampled: 2 })
  expect(table.columns).toEqual([
    { name: "t", type: "integer" },
    { name: "pos; x", type: "number" },
    { name: "ok", type: "boolean" },
    { name: "note", type: "string" },
  ])
})

test("a csv without a header is not robbed of its first row", () => {
  expect(columns("1,2\n3,4\n")).toMatchObject({
    has_header: false,
    rows_sampled: 2,
    columns: [{ name: "column_0" }, {}],
  })
})

test("a row cut off by the prefix does not count", () => {
  expect(columns("a,b\n1,2\n3,", false).rows_sampled).toBe(1)
})

test.each([
  ["binary named csv", csvTable("x.csv", new Uint8Array([0xff, 0xfe, 0]), true), "is not UTF-8 text"],
  ["an empty csv", csvTable("x.csv", new Uint8Array(), true), "is empty"],
  ["ragged rows", columns("a,b\n1\n2,3\n"), "1 of 2 sampled rows do not have 2 columns"],
  ["lines that are no objects", jsonlTable("x.jsonl", bytes('{"a":1}\n[1]\nNaN\n'), true), "2 of 3 sampled lines"],
])("%s is said, not hidden", (_, table, problem) => {
  expect(table.problem).toContain(problem)
})

test("jsonl keys carry every JSON type that was seen, and a hostile key is only a name", () => {
  const table = jsonlTable("x.jsonl", bytes('{"a":1,"__proto__":{"x":1}}\n{"a":"s","b":[1.5]}\n{"cut'), false)
  expect(table).toMatchObject({ rows_sampled: 2 })
  expect(table.columns).toEqual([
    { name: "a", type: "integer | string" },
    { name: "__proto__", type: "object" },
    { name: "b", type: "array" },
  ])
})
