import { randomBytes } from "node:crypto"
import { expect, test } from "vitest"
import { type Chunk, needed, overBudget } from "../budget.ts"

const chunk = (over: Partial<Chunk> = {}): Chunk => ({
  type: "chunk",
  isEntry: false,
  facadeModuleId: null,
  moduleIds: [],
  imports: [],
  code: "",
  ...over,
})
const limits = { maxBytes: 1000, pages: ["src/pages/a.tsx"], lazyOnly: ["@form/"] }
const page = (over: Partial<Chunk> = {}) => chunk({ facadeModuleId: "/x/src/pages/a.tsx", ...over })

test("a page needs the entry, itself and all they import, once each", () => {
  const chunks = {
    "main.js": chunk({ isEntry: true, imports: ["shared.js"] }),
    "a.js": page({ imports: ["shared.js", "deep.js"] }),
    "shared.js": chunk(),
    "deep.js": chunk({ imports: ["deepest.js", "a.js"] }),
    "deepest.js": chunk(),
    "other.js": chunk(),
  }
  expect(needed(chunks, "src/pages/a.tsx")?.toSorted()).toEqual([
    "a.js",
    "deep.js",
    "deepest.js",
    "main.js",
    "shared.js",
  ])
})

test("too much JavaScript is told with its number", () => {
  const code = randomBytes(2000).toString("base64")
  expect(overBudget({ "main.js": chunk({ isEntry: true }), "a.js": page({ code }) }, limits.pages[0]!, limits)).toEqual(
    [expect.stringMatching(/^src\/pages\/a\.tsx needs \d{4} B/)],
  )
  expect(overBudget({ "main.js": chunk({ isEntry: true }), "a.js": page() }, limits.pages[0]!, limits)).toEqual([])
})

test("what belongs to a lazy chunk is found wherever it hides", () => {
  const chunks = {
    "main.js": chunk({ isEntry: true }),
    "a.js": page({ imports: ["b.js"] }),
    "b.js": chunk({ moduleIds: ["/node_modules/@form/core.js"] }),
  }
  expect(overBudget(chunks, limits.pages[0]!, limits)).toEqual([expect.stringContaining("@form/")])
})

test("a page without a chunk of its own cannot be measured, which is a failure too", () => {
  expect(overBudget({ "main.js": chunk({ isEntry: true }) }, limits.pages[0]!, limits)).toHaveLength(1)
})
