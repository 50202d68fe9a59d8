import { randomBytes } from "node:crypto"
import { expect, test } from "vitest"
import { memoryFiles } from "../files/memory.ts"
import { readFirstValues } from "./columns.ts"
import { readFooter } from "./footer.ts"
import { writeParquet } from "./write.ts"

const PATH = ["picture", "bytes"]
const pictures = Array.from({ length: 40 }, (_, row) => ({ bytes: randomBytes(200_000), path: row % 2 ? null : "x" }))
pictures[3]!.bytes = null as never
const body = writeParquet({ columns: [{ name: "picture", type: "image", data: pictures }], row_groups: [10, 30] })

async function first(row_group: number, limit: number, path = PATH) {
  const files = memoryFiles({ "x.parquet": body })
  const bytes = files.open({ path: "x.parquet", size: body.length, oid: null, lfs: false })
  const footer = await readFooter(bytes)
  const before = files.usage
  const start = { ...before }
  const data = await readFirstValues(bytes, footer, { row_group, path, limit })
  return { data, requests: files.usage.requests - start.requests, bytes: files.usage.bytes - start.bytes }
}

test("as many values as are whole come from one range", async () => {
  const { data, requests, bytes } = await first(1, 2_500_000)
  const values = data!.values as Uint8Array[]
  expect({ requests, bytes }).toEqual({ requests: 1, bytes: 2_500_000 })
  expect(values.length).toBeGreaterThan(3)
  expect(values.length).toBeLessThan(13)
  for (const [row, value] of values.entries()) expect(Buffer.compare(value, pictures[10 + row]!.bytes)).toBe(0)
})

test("a column that fits is read whole, nulls and all", async () => {
  const { data } = await first(0, 64_000_000)
  expect(data!.values).toHaveLength(9)
  expect([...data!.definitions!]).toEqual(Array.from({ length: 10 }, (_, row) => (row === 3 ? 1 : 2)))
})

test("less than a page has no values", async () => {
  const { data } = await first(1, 50_000)
  expect(data!.values).toHaveLength(0)
})

test("what is not there is null", async () => {
  expect((await first(0, 1000, ["other"])).data).toBeNull()
})
