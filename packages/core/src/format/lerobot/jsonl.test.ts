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
      { number: 2, at: 1, value: { a: NaN } },
      { number: 4, at: 15, value: undefined },
      { number: 5, at: 20, value: [1] },
    ])
  })

  test("slices that lie end to end have every line once, wherever they are cut", async () => {
    const body = Array.from({ length: 40 }, (_, at) => `{"n": ${at}}${at % 7 ? "\n" : "\r\n\n"}`).join("")
    const files = memoryFiles({ "x.jsonl": body })
    const bytes = files.open({ path: "x.jsonl", size: body.length, oid: null, lfs: false })
    const whole = await Array.fromAsync(readLines(bytes))
    for (const step of [1, 7, 9, 100]) {
      const parts = []
      for (let from = 0; from < body.length; from += step) {
        for await (const { at, value } of readLines(bytes, undefined, { from, to: Math.min(body.length, from + step) }))
          parts.push({ at, value })
      }
      expect(parts, `cut every ${step} bytes`).toEqual(whole.map(({ at, value }) => ({ at, value })))
    }
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
