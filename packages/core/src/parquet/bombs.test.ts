import { gzipSync } from "node:zlib"
import { parquetWriteBuffer } from "hyparquet-writer"
import { describe, expect, test } from "vitest"
import { memoryFiles } from "../files/memory.ts"
import { Budget } from "./budget.ts"
import { unpackLz4, unpackSnappy } from "./codecs.ts"
import { readColumns } from "./columns.ts"
import { readFooter } from "./footer.ts"
import { rememberTail } from "./tail.ts"

async function read(body: Uint8Array, column: string, isPatient = false) {
  const files = memoryFiles({ "x.parquet": body })
  const bytes = rememberTail(files.open({ path: "x.parquet", size: body.length, oid: null, lfs: false }))
  const footer = await readFooter(bytes)
  let values = 0
  for await (const { columns } of readColumns(bytes, footer, [[column]], { isPatient }))
    values += columns[0]!.values.length
  return { values, requests: files.usage.requests }
}

describe("tables that unpack to more than they can honestly hold", () => {
  const rows = 9_000_000

  test("nine million equal numbers in a few kilobytes end at the limit", async () => {
    const data = new Float64Array(rows).fill(7)
    const body = new Uint8Array(
      parquetWriteBuffer({
        columnData: [{ name: "x", data, type: "DOUBLE" }],
        rowGroupSize: rows,
        compressors: { GZIP: (bytes) => gzipSync(bytes) },
        codec: "GZIP",
      }),
    )
    expect(body.length).toBeLessThan(1_000_000)
    await expect(read(body, "x")).rejects.toMatchObject({ code: "decompression_limit", path: "x.parquet" })
    expect(await read(body, "x", true)).toEqual({ values: rows, requests: 1 })
  })

  test("parts that each fit end at the limit of the whole", () => {
    const whole = new Budget(100)
    new Budget(60, whole).spend(60)
    expect(() => new Budget(60, whole).spend(41)).toThrow(/far more/)
    expect(() => new Budget(60).spend(61)).toThrow(/far more/)
  })

  test("as many as fit are read, in the one request the footer took", async () => {
    const data = new Float64Array(100_000).fill(7)
    const body = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: "x", data, type: "DOUBLE" }] }))
    expect(await read(body, "x")).toEqual({ values: 100_000, requests: 1 })
  })
})

describe("packed pages that lie", () => {
  test.each([
    ["a literal of four length bytes that would run backwards", [0x04, 0xfc, 0xff, 0xff, 0xff, 0xff, 1, 2]],
    ["a copy from before the beginning", [0x04, 0x01, 0x09]],
    ["more than the header says", [0x04, 0x10, 1, 2, 3, 4, 5]],
    ["less than the header says", [0x04, 0x00, 1]],
    ["a length that never ends", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ])("Snappy: %s", (_, bytes) => expect(() => unpackSnappy(Uint8Array.from(bytes), 4)).toThrow(/page/))

  test.each([
    ["a copy from before the beginning", [0x10, 1, 9, 0]],
    ["literals beyond the end", [0xf0, 255, 255, 1]],
  ])("LZ4: %s", (_, bytes) => expect(() => unpackLz4(Uint8Array.from(bytes), 4)).toThrow(/page/))

  test("a run that overlaps itself is repeated, as the format means it", () => {
    expect([...unpackSnappy(Uint8Array.from([8, 0x00, 65, 0x0d, 1]), 8)]).toEqual(Array.from({ length: 8 }, () => 65))
  })
})
