import { cp, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { buildOnce } from "./build-once.ts"
import { bundleFunctions } from "./bundles.ts"
import { writeManifest } from "./manifest.ts"

const HERE = fileURLToPath(new URL(".", import.meta.url))

/**
 * Bundles of every function, the migrations beside them and `manifest.json`: the files that deploy, and the ones `npm start`
 * runs. Returns their folder.
 */
export const buildFunctions = (outdir = join(HERE, "dist"), onBuild?: () => void): Promise<string> =>
  buildOnce({
    inputs: [
      "packages/core/src",
      "packages/core/migrations",
      "packages/functions/src",
      ...["build.ts", "bundles.ts", "dead-socket.ts", "manifest.ts", "one-language.ts"].map(
        (each) => `packages/functions/${each}`,
      ),
    ],
    outdir,
    onBuild,
    async make(folder) {
      const { files } = await bundleFunctions()
      await Promise.all(files.map(({ name, contents }) => writeFile(join(folder, name), contents)))
      await cp(join(HERE, "../core/migrations"), join(folder, "migrations"), { recursive: true })
      writeManifest(folder)
    },
  })
