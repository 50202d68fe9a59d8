import { describe, expect, it } from "vitest"
import { memoryFile } from "./test-repos.ts"
import { TreeIndex } from "./tree-index.ts"

const file = memoryFile("x")
const indexOf = (paths: string[]) => TreeIndex.build(new Map(paths.map((path) => [path, file])))

describe("tree index", () => {
  it("keeps folders together whose names share a beginning with files", async () => {
    const index = await indexOf(["a-b.txt", "a.txt", "a/x", "a/y/z", "ab/q"])
    expect(index.page("", true, null, 99)!.paths).toEqual([
      "a",
      "a/y",
      "a/y/z",
      "a/x",
      "ab",
      "ab/q",
      "a-b.txt",
      "a.txt",
    ])
    expect(index.page("", false, null, 99)!.paths).toEqual(["a", "ab", "a-b.txt", "a.txt"])
    expect(index.page("a", false, null, 99)!.paths).toEqual(["a/y", "a/x"])
    expect(index.page("b", false, null, 99)).toBeUndefined()
  })

  it("does not mind files given out of order", async () => {
    const index = await indexOf(["z/1", "a", "z/0"])
    expect(index.page("", true, null, 99)!.paths).toEqual(["z", "z/0", "z/1", "a"])
  })

  it("pages through 900,000 files without going through all of them for each page", async () => {
    const paths: string[] = []
    for (let i = 0; i < 900_000; i += 1)
      paths.push(`data/chunk-${String((i / 1000) | 0).padStart(3, "0")}/f_${String(i).padStart(6, "0")}.png`)
    const index = await indexOf(paths)
    let seen = 0
    const start = performance.now()
    for (let at: number | null = 0; at !== null;) {
      const page: { paths: string[]; next: number | null } = index.page("", true, at, 1000)!
      seen += page.paths.length
      at = page.next
    }
    expect(seen).toBe(900_000 + 900 + 1)
    // 901 pages; one look through all entries a page would take minutes.
    expect(performance.now() - start).toBeLessThan(5_000)
    expect(index.page("data", false, null, 1000)!.paths).toHaveLength(900)
  })
})
