// `npm run deploy -- --stage dev`: SST's command line from its own installation, under Node 24. Another of its commands
// by name: `npm run deploy -- secret set DatabaseUrl … --stage dev`, `… -- diff --stage production`, `… -- remove`.
import { spawn } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { installWhenNeeded } from "./install.mjs"

const ROOT = fileURLToPath(new URL("..", import.meta.url))
const args = process.argv.slice(2)
const named = args[0] !== undefined && !args[0].startsWith("-")

await installWhenNeeded(join(ROOT, "infra"))
const sst = spawn(join(ROOT, "infra/node_modules/.bin/sst"), named ? args : ["deploy", ...args], {
  cwd: ROOT,
  stdio: "inherit",
})
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => sst.kill(signal))
sst.once("error", (error) => {
  console.error(`SST does not start: ${error.message}`)
  process.exit(1)
})
sst.once("exit", (code) => process.exit(code ?? 1))
