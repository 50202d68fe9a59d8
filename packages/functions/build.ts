import { cp } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { buildOnce } from "./build-once.ts"

const HERE = fileURLToPath(new URL(".", import.meta.url))

/**
 * One bundle each, `<name>.mjs`. The API is one file: it extends zod before core's schemas are made, an order that esbuild
 * does not keep between chunks. The others are split, so that code which is imported late is loaded late.
 */
const WHOLE = { api: "src/api/lambda.ts" }
const SPLIT = {
  worker: "src/job/worker.ts",
  thread: "src/job/thread.ts",
  sweep: "src/job/sweep.ts",
  "dead-letter": "src/job/dead-letter.ts",
  migrate: "src/db/migrate.ts",
}

/** Dependencies in CommonJS call `require`, which an ES module does not have. */
const REQUIRE = `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`

/** Bundles of every function and the migrations beside them: the files that deploy, and the ones `npm start` runs. Returns their folder. */
export const buildFunctions = (outdir = join(HERE, "dist"), onBuild?: () => void): Promise<string> =>
  buildOnce({
    inputs: ["packages/core/src", "packages/core/migrations", "packages/functions/src", "packages/functions/build.ts"],
    outdir,
    onBuild,
    async make(folder) {
      // Only when there is something to bundle: it takes a process and 50 ms to have it at hand.
      const { build, stop } = await import("esbuild")
      const bundle = (entryPoints: Record<string, string>, splitting: boolean) =>
        build({
          absWorkingDir: HERE,
          entryPoints,
          splitting,
          outdir: folder,
          outExtension: { ".js": ".mjs" },
          bundle: true,
          format: "esm",
          platform: "node",
          target: "node24",
          banner: { js: REQUIRE },
          sourcemap: true,
          logLevel: "silent",
        })
      try {
        await Promise.all([bundle(WHOLE, false), bundle(SPLIT, true)])
      } finally {
        await stop()
      }
      await cp(join(HERE, "../core/migrations"), join(folder, "migrations"), { recursive: true })
    },
  })
