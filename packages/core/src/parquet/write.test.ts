import { parquetMetadata, parquetReadObjects } from "hyparquet"
import { expect, test } from "vitest"
import { sparseTable } from "./write-sparse.ts"
import { huggingfaceFeatures, pandasMetadata } from "./write-metadata.ts"
import { TableWriter, writeParquet, type WriteColumn } from "./write.ts"

const columns: WriteColumn[] = [
  { name: "index", type: "int64", data: [0, 1, 2, 2 ** 52] },
  { name: "observation.state", type: "float32", depth: 1, data: [[1, 2], [3, 4], [], null] },
  { name: "stats/image/mean", type: "float64", depth: 3, data: [[[[0.1]], [[0.2]]], [[[0.3]]], null, [[[0.5]]]] },
  { name: "task", type: "string", data: ["白い", "türkis", "", null] },
  { name: "done", type: "bool", data: [false, true, null, false] },
  { name: "small", type: "uint8", data: [0, 255, 7, null] },
  { name: "picture", type: "image", data: [0, 1, 2, 3].map((at) => ({ bytes: Uint8Array.of(at), path: `${at}.png` })) },
]

test("every column type comes back as it went in, empty and absent lists apart", async () => {
  const rows = await parquetReadObjects({ file: writeParquet({ columns }).buffer, utf8: false })

  // hyparquet gives an absent list as undefined and an absent scalar as null.
  expect(rows.map((row) => row["index"])).toEqual([0n, 1n, 2n, 2n ** 52n])
  expect(rows.map((row) => row["observation.state"])).toEqual([[1, 2], [3, 4], [], undefined])
  expect(rows.map((row) => row["stats/image/mean"])).toEqual([[[[0.1]], [[0.2]]], [[[0.3]]], undefined, [[[0.5]]]])
  expect(rows.map((row) => row["task"])).toEqual(["白い", "türkis", "", null])
  expect(rows.map((row) => row["done"])).toEqual([false, true, null, false])
  expect(rows.map((row) => row["small"])).toEqual([0, 255, 7, null])
  expect(rows[3]!["picture"]).toEqual({ bytes: Uint8Array.of(3), path: "3.png" })
})

test("the file looks like pyarrow's: Snappy, statistics, no page index, groups of the sizes asked for", () => {
  const { row_groups } = parquetMetadata(writeParquet({ columns, row_groups: [1, 3] }).buffer)

  expect(row_groups.map(({ num_rows }) => num_rows)).toEqual([1n, 3n])
  for (const { meta_data, column_index_offset, offset_index_offset } of row_groups[1]!.columns) {
    expect(meta_data?.codec).toBe("SNAPPY")
    expect(meta_data?.statistics?.null_count).toBeDefined()
    expect([column_index_offset, offset_index_offset]).toEqual([undefined, undefined])
  }
  expect(row_groups[1]!.columns[0]!.meta_data?.statistics).toMatchObject({ min_value: 1n, max_value: 2n ** 52n })
})

test("rows may come in pieces, each its own row group", async () => {
  const writer = new TableWriter([{ name: "n", type: "int64" }])
  writer.write([{ name: "n", type: "int64", data: [1, 2] }])
  writer.write([{ name: "n", type: "int64", data: [3] }])
  const file = writer.finish().buffer

  expect(parquetMetadata(file).row_groups).toHaveLength(2)
  expect(await parquetReadObjects({ file })).toEqual([{ n: 1n }, { n: 2n }, { n: 3n }])
})

test("metadata says what pandas and datasets need: the task is the index, a vector has its length", () => {
  const described = [
    { name: "task_index", type: "int64" as const },
    { name: "task", type: "string" as const },
  ]
  const file = writeParquet({
    columns: described.map((column) => ({ ...column, data: [] })),
    metadata: { pandas: pandasMetadata(described, "task") },
  })
  const stored = parquetMetadata(file.buffer).key_value_metadata?.find(({ key }) => key === "pandas")?.value
  expect(JSON.parse(stored!)).toMatchObject({ index_columns: ["task"] })

  const vector = [{ name: "action", type: "float32" as const, depth: 1, length: 6 }]
  const inner = { dtype: "float32", _type: "Value" }
  expect(huggingfaceFeatures(vector).info.features).toEqual({ action: { feature: inner, length: 6, _type: "List" } })
  expect(huggingfaceFeatures(vector, "Sequence").info.features["action"]).toMatchObject({ _type: "Sequence" })
})

test("a sparse table is a footer that counts its rows, as long as the table would be", () => {
  const { size, tail } = sparseTable({
    columns: [
      { name: "action", type: "float32", depth: 1, length: 7 },
      { name: "index", type: "int64" },
    ],
    rows: 1000,
    bounds: { index: [5000, 5999] },
  })
  const metadata = parquetMetadata(new Uint8Array(tail).buffer)

  expect(size).toBe(4 + 1000 * (7 * 4 + 8) + tail.length)
  expect(metadata.num_rows).toBe(1000n)
  expect(metadata.row_groups[0]!.columns[0]!.meta_data?.num_values).toBe(7000n)
  expect(metadata.row_groups[0]!.columns[1]!.meta_data?.statistics).toMatchObject({
    min_value: 5000n,
    max_value: 5999n,
  })
})
