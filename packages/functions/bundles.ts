import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { BuildOptions, Metafile } from "esbuild"
import { deadSocket } from "./dead-socket.ts"
import { oneLanguage } from "./one-language.ts"

const HERE = fileURLToPath(new URL(".", import.meta.url))

/**
 * One bundle each, `<name>.mjs`, with chunks for what is imported late. The API is built alone: what it shared with the others
 * would be cut into many small files, each of which costs a cold start.
 */
const API = { api: "src/api/lambda.ts" }
const JOBS = {
  worker: "src/job/worker.ts",
  thread: "src/job/thread.ts",
  "frames-thread": "src/api/frames-thread.ts",
  sweep: "src/job/sweep.ts",
  "dead-letter": "src/job/dead-letter.ts",
  migrate: "src/db/migrate.ts",
}

/** Dependencies in CommonJS call `require`, which an ES module does not have. */
const REQUIRE = `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`

const OPTIONS = {
  absWorkingDir: HERE,
  // Never written: only so deep that the paths in source maps hold for `dist/<hash>/`, wherever the files go.
  outdir: join(HERE, "dist", "bundles"),
  write: false,
  metafile: true,
  splitting: true,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node24",
  // Names stay: errors are told by them, and a trace without its map can still be read.
  minifyWhitespace: true,
  minifySyntax: true,
  plugins: [oneLanguage, deadSocket],
  banner: { js: REQUIRE },
  sourcemap: true,
  logLevel: "silent",
} satisfies BuildOptions

export interface Output {
  /** Its name, without a folder. */
  name: string
  contents: Uint8Array
}

/** One file that runs, what it is made of, and what it imports, at once or later. */
export interface Chunk {
  bytes: number
  /** Source files, from `packages/functions`. */
  sources: string[]
  at_once: string[]
  later: string[]
}

/** Bundles every function in memory. The same sources give the same bytes, wherever they are written to. */
export async function bundleFunctions(): Promise<{ files: Output[]; chunks: Record<string, Chunk> }> {
  // Only when there is something to bundle: it takes a process and 50 ms to have it at hand.
  const { build, stop } = await import("esbuild")
  try {
    const builds = await Promise.all([
      build({ ...OPTIONS, entryPoints: API, chunkNames: "api-[name]-[hash]" }),
      build({ ...OPTIONS, entryPoints: JOBS, chunkNames: "job-[name]-[hash]" }),
    ])
    const files = builds.flatMap((each) => each.outputFiles)
    return {
      files: files.map(({ path, contents }) => ({ name: basename(path), contents })),
      chunks: Object.assign({}, ...builds.map((each) => chunksOf(each.metafile))),
    }
  } finally {
    await stop()
  }
}

const chunksOf = ({ outputs }: Metafile): Record<string, Chunk> =>
  Object.fromEntries(
    Object.entries(outputs).flatMap(([path, { bytes, inputs, imports }]) => {
      if (!path.endsWith(".mjs")) return []
      const names = (kind: string) =>
        imports.filter((each) => each.kind === kind && !each.external).map((each) => basename(each.path))
      const chunk: Chunk = {
        bytes,
        sources: Object.keys(inputs),
        at_once: names("import-statement"),
        later: names("dynamic-import"),
      }
      return [[basename(path), chunk]]
    }),
  )

/** The files that are read before `entry` can handle its first event, itself included. */
export function loadedAtOnce(chunks: Record<string, Chunk>, entry: string): string[] {
  const seen = new Set<string>()
  const visit = (name: string) => {
    if (seen.has(name)) return
    seen.add(name)
    chunks[name]!.at_once.forEach(visit)
  }
  visit(entry)
  return [...seen].sort()
}
