import { expect, test } from "vitest"
import { FileList, FileTable } from "./file-table.ts"

const entry = (path: string, size = 0) => ({ path, size, oid: null, lfs: false })

test("files come out as they went in, whatever their names are, and are found by their paths alone", () => {
  const paths = [
    "README.md",
    "a",
    "data/a",
    "data/b/a",
    "data/ü/é.parquet",
    "data/映像/録画 1.mp4",
    "data/\u{1f916}.mp4",
    "data/\ud800.mp4",
    "data/",
    ...Array.from({ length: 5000 }, (_, at) => `videos/chunk-${at % 7}/episode_${at}${"x".repeat(at % 50)}.mp4`),
  ]
  const files = paths.map((path, at) => entry(path, at * 1e9))
  const table = FileTable.of(files)
  expect([...table]).toEqual(files)
  for (const [row, path] of paths.entries()) {
    expect(table.rowOf(path)).toBe(row)
    expect(table.has(`${path}.`)).toBe(false)
  }
  expect(table.get("data/ü/é.parquet")).toEqual(files[4])
  expect(table.get("é.parquet")).toBeUndefined()
  expect(new FileTable().has("a")).toBe(false)
})

test("a file that is added later is found, too; of two of one path the first", () => {
  const table = FileTable.of([entry("a", 1)])
  expect(table.has("b")).toBe(false)
  table.add(entry("b", 2))
  table.add(entry("a", 3))
  expect(table.get("b")).toEqual(entry("b", 2))
  expect(table.get("a")).toEqual(entry("a", 1))
})

test("a list has an order of its own, and parts of it keep theirs", () => {
  const table = FileTable.of(["c", "a/z", "b", "a/y"].map((path) => entry(path)))
  const all = FileList.byPath(table, [0, 1, 2, 3])
  const pathsOf = (list: FileList) => [...list].map(({ path }) => path)
  expect(pathsOf(all)).toEqual(["a/y", "a/z", "b", "c"])
  expect(pathsOf(FileList.byPath(table, [1, 2]))).toEqual(["a/z", "b"])
  expect(pathsOf(all.pick([0, 3]))).toEqual(["a/y", "c"])
  expect(pathsOf(all.filter((row) => table.pathAt(row).startsWith("a/")))).toEqual(["a/y", "a/z"])
  expect(all.at(2)).toEqual(entry("b"))
})
