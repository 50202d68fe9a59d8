import { randomBytes } from "node:crypto"
import { expect, test } from "vitest"
import { memoryFiles } from "../../../files/memory.ts"
import { readFooter } from "../../../parquet/footer.ts"
import { writeParquet } from "../../../parquet/write.ts"
import { dataFileOf } from "./data-file.ts"
import { pictureColumns } from "./picture-columns.ts"
import type { DatasetFacts, PictureColumn } from "./subjects.ts"

const facts = { info: { parsed: { features: [{ key: "cam", dtype: "image" }] } } } as unknown as DatasetFacts

/** @param size bytes of each picture. */
async function read(size: number, row_groups: number[]) {
  const rows = row_groups.reduce((sum, count) => sum + count, 0)
  const data = Array.from({ length: rows }, () => ({ bytes: randomBytes(size), path: null }))
  const body = writeParquet({ columns: [{ name: "cam", type: "image", data }], row_groups })
  const files = memoryFiles({ "x.parquet": body })
  const entry = { path: "x.parquet", size: body.length, oid: null, lfs: false }
  const bytes = files.open(entry)
  const footer = await readFooter(bytes)
  const before = files.usage.bytes
  const found: PictureColumn[] = []
  const file = dataFileOf(entry, footer, [])
  for await (const column of pictureColumns(bytes, file, facts, new AbortController().signal)) found.push(column)
  const seen = found.map(({ row_group, first_row, rows: of, pictures }) => ({
    row_group,
    first_row,
    rows: of,
    looked_at: pictures.length,
  }))
  return { seen, bytes: files.usage.bytes - before, size: body.length }
}

test("small row groups are looked at whole", async () => {
  const { seen } = await read(1000, [10, 20])
  expect(seen).toEqual([
    { row_group: 0, first_row: 0, rows: 10, looked_at: 10 },
    { row_group: 1, first_row: 10, rows: 20, looked_at: 20 },
  ])
})

test("of large ones the beginning is looked at, and no more is read than that", async () => {
  const { seen, bytes, size } = await read(300_000, [70, 2])
  expect(seen.map(({ first_row, rows }) => [first_row, rows])).toEqual([
    [0, 70],
    [70, 2],
  ])
  expect(seen[0]!.looked_at).toBeGreaterThan(5)
  expect(seen[0]!.looked_at).toBeLessThan(15)
  expect(seen[1]!.looked_at).toBe(2)
  expect(bytes).toBeLessThan(size / 4)
})
