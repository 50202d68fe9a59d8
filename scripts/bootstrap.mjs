// `npm start`, `npm test`, `npm run check`, `npm run bench`, `npm run chaos`, `npm run cost`: installs when needed, then goes on under Node 24.
// Runs under whatever Node there is (20 or newer), so: plain JavaScript and nothing that must be installed.
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { constants } from "node:os"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"
import { installWhenNeeded } from "./install.mjs"

const NODE = 24
const OLDEST = 20
const ROOT = fileURLToPath(new URL("..", import.meta.url))
const COMMANDS = {
  start: "packages/local/src/main.ts",
  test: "scripts/test.mjs",
  check: "scripts/check.mjs",
  bench: "bench/run.ts",
  chaos: "packages/local/chaos/main.ts",
  cost: "bench/cost.ts",
  accuracy: "bench/accuracy.ts",
  checks: "bench/checks.ts",
  infra: "scripts/infra.mjs",
  deploy: "scripts/deploy.mjs",
  halt: "scripts/halt.mjs",
  redrive: "scripts/redrive.mjs",
  backfill: "scripts/backfill.mjs",
}

const [command = "", ...args] = process.argv.slice(2)
const script = COMMANDS[command]
if (!script) leave(2, `Usage: node scripts/bootstrap.mjs ${Object.keys(COMMANDS).join("|")} [arguments]`)
if (majorOf(process.version) < OLDEST)
  leave(1, `RoboKit needs Node ${OLDEST} or newer to install; this is ${process.version}.`)
if (!existsSync(join(ROOT, script))) leave(1, `There is no ${script}.`)

try {
  await installWhenNeeded(ROOT)
} catch (error) {
  leave(1, error.message)
}
run(nodeBinary(), [join(ROOT, script), ...args])

function nodeBinary() {
  const os = process.platform === "win32" ? "win" : process.platform
  const name = process.platform === "win32" ? "node.exe" : "node"
  const installed = join(ROOT, "node_modules", `node-${os}-${process.arch}`, "bin", name)
  if (existsSync(installed)) return installed
  if (majorOf(process.version) >= NODE) return process.execPath
  leave(
    1,
    `npm has no Node ${NODE} for ${os}-${process.arch}, and this is ${process.version}. Install Node ${NODE} and try again.`,
  )
}

function run(node, argv) {
  const modules = join(ROOT, "node_modules")
  const env = { ...process.env, PATH: join(modules, ".bin") + delimiter + (process.env.PATH ?? "") }
  // What was compiled once, TypeScript included, is not compiled at the next start: a third of the time.
  if (command === "start") env.NODE_COMPILE_CACHE ??= join(modules, ".cache", "compiled")
  const child = spawn(node, argv, { cwd: ROOT, stdio: "inherit", env })
  child.on("error", (error) =>
    leave(1, `Node ${NODE} does not start here (${error.message}). Install Node ${NODE} and try again.`),
  )
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // A terminal tells the whole group by itself, and some programs take a second Ctrl-C for impatience.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal)
    })
  }
  // npm tells only the shell between us to stop, and that tells nobody: when it is gone, we were meant.
  const parent = process.ppid
  setInterval(() => process.ppid === parent || child.kill("SIGTERM"), 250).unref()
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

function majorOf(version) {
  return Number(version.slice(1).split(".")[0])
}

function leave(code, message) {
  console.error(message)
  process.exit(code)
}
