import { spawn } from "node:child_process"
import { globSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { buildOnce } from "@robokit/functions/build-once"

const ROOT = fileURLToPath(new URL("../../..", import.meta.url))
const WEB = fileURLToPath(new URL("../../web", import.meta.url))
const VITE = fileURLToPath(new URL("../../../node_modules/vite/bin/vite.js", import.meta.url))

/** The portal as static files; `vite build` when its sources changed. Returns their folder. */
export const buildPortal = (onBuild?: () => void): Promise<string> =>
  buildOnce({
    inputs: [
      "packages/web/src",
      "packages/web/public",
      "packages/web/index.html",
      "packages/web/vite.config.ts",
      "packages/web/package.json",
      // It sees no more of core than schemas.
      ...globSync("packages/core/src/**/schema.ts", { cwd: ROOT }),
    ],
    outdir: join(WEB, "dist"),
    onBuild,
    make: (folder) =>
      new Promise((resolve, reject) => {
        const child = spawn(
          process.execPath,
          [VITE, "build", "--outDir", folder, "--emptyOutDir", "--logLevel", "warn"],
          {
            cwd: WEB,
            stdio: ["ignore", "pipe", "pipe"],
            // Whatever the caller runs as: React's development build is twice the size.
            env: { ...process.env, NODE_ENV: "production" },
          },
        )
        let output = ""
        child.stdout.on("data", (chunk) => (output += chunk))
        child.stderr.on("data", (chunk) => (output += chunk))
        child.once("error", reject)
        child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`vite build failed:\n${output}`))))
      }),
  })
