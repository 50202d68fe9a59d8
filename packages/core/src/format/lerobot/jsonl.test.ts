import { describe, expect, test } from "vitest"
import { memoryFiles } from "../../files/memory.ts"
import { readLines, type Line } from "./jsonl.ts"

async function linesOf(body: string | Uint8Array) {
  const files = memoryFiles({ "x.jsonl": body })
  const { size } = (await files.stat(["x.jsonl"])).get("x.jsonl")!
  const lines: Line[] = []
  for await (const line of readLines(files.open({ path: "x.jsonl", size, oid: null, lfs: false }))) lines.push(line)
  return { lines, requests: files.usage.requests - 1 }
}

describe("JSON Lines", () => {
  test("lines that cross the ranges come out whole and numbered", async () => {
    const count = 60_000
    const body = Array.from(
      { length: count },
      (_, at) => `{"episode_index": ${at}, "text": "${"ü".repeat(at % 97)}"}`,
    ).join("\r\n")
    const { lines, requests } = await linesOf(body)
    expect(lines.map(({ value }) => (value as { episode_index: number }).episode_index)).toEqual(
      Array.from({ length: count }, (_, at) => at),
    )
    expect(lines.at(-1)!.number).toBe(count)
    expect(requests).toBe(Math.ceil(Buffer.byteLength(body) / (4 * 1024 * 1024)))
  })

  test("blank lines are passed over but counted, broken ones have no value", async () => {
    const { lines } = await linesOf('\n{"a": NaN}\n  \nnope\n[1]')
    expect(lines).toEqual([
      { number: 2, value: { a: NaN } },
      { number: 4, value: undefined },
      { number: 5, value: [1] },
    ])
  })

  test("a line that never ends is refused instead of collected", async () => {
    await expect(linesOf(new Uint8Array(9 * 1024 * 1024).fill(120))).rejects.toMatchObject({
      code: "too_large",
      path: "x.jsonl",
    })
  })

  test("an empty file has no lines and costs no request", async () => {
    expect(await linesOf("")).toEqual({ lines: [], requests: 0 })
  })
})
