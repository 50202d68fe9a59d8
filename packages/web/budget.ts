import { gzipSync } from "node:zlib"
import type { Plugin } from "vite"

interface Budget {
  /** Most JavaScript, in bytes after gzip, that one of `pages` may need before it shows itself. */
  maxBytes: number
  /** Module paths, as they end. */
  pages: string[]
  /** Parts of module paths that none of `pages` may need. */
  lazyOnly: string[]
}

export interface Chunk {
  type: "chunk"
  isEntry: boolean
  facadeModuleId: string | null
  moduleIds: string[]
  imports: string[]
  code: string
}

/** Fails the build when a page needs too much JavaScript: a number in a document is exceeded, a build is not. */
export const budget = (limits: Budget): Plugin => ({
  name: "robokit:budget",
  apply: "build",
  generateBundle(_options, bundle) {
    const chunks = Object.fromEntries(
      Object.entries(bundle).flatMap(([file, output]) => (output.type === "chunk" ? [[file, output as Chunk]] : [])),
    )
    const problems = limits.pages.flatMap((page) => overBudget(chunks, page, limits))
    if (problems.length > 0) this.error(problems.join("\n"))
  },
})

/** What is wrong with one page, as sentences. */
export function overBudget(chunks: Record<string, Chunk>, page: string, limits: Budget): string[] {
  const files = needed(chunks, page)
  if (files === undefined) return [`${page} is not a chunk of its own, so its size cannot be told.`]
  const bytes = files.reduce((sum, file) => sum + gzipSync(chunks[file]?.code ?? "").byteLength, 0)
  const early = limits.lazyOnly.filter((part) =>
    files.some((file) => chunks[file]?.moduleIds.some((id) => id.includes(part))),
  )
  return [
    ...(bytes > limits.maxBytes
      ? [`${page} needs ${bytes} B of JavaScript (gzip); ${limits.maxBytes} B are allowed.`]
      : []),
    ...early.map((part) => `${page} loads ${part} at once; it belongs to a chunk of its own.`),
  ]
}

/** The entry, the page, and all they import statically; undefined when the page has no chunk. */
export function needed(chunks: Record<string, Chunk>, page: string): string[] | undefined {
  const roots = Object.entries(chunks).filter(
    ([, chunk]) => chunk.isEntry || chunk.facadeModuleId?.replaceAll("\\", "/").endsWith(page),
  )
  if (roots.every(([, chunk]) => chunk.isEntry)) return undefined
  const seen = new Set(roots.map(([file]) => file))
  for (const file of seen) chunks[file]?.imports.forEach((each) => seen.add(each))
  return [...seen]
}
