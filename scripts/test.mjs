// Every test; the last line is `N passed, N failed`. Arguments go to vitest: `npm test -- packages/core`.
import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const ROOT = fileURLToPath(new URL("..", import.meta.url))

/** What a run came to. A file that could not be loaded, or an error outside every test, is a failure like a failed test. */
export function summarise(report, exitCode) {
  let [passed, failed, skipped] = [0, 0, 0]
  for (const file of report?.testResults ?? []) {
    const states = file.assertionResults.map((each) => each.status)
    passed += states.filter((each) => each === "passed").length
    failed += states.filter((each) => each === "failed").length
    skipped += states.filter((each) => each !== "passed" && each !== "failed").length
    if (file.status === "failed" && !states.includes("failed")) failed++
  }
  if (failed === 0 && (exitCode !== 0 || passed === 0)) failed = 1
  return { passed, failed, skipped }
}

async function main(args) {
  const folder = mkdtempSync(join(tmpdir(), "robokit-test-report-"))
  const output = join(folder, "report.json")
  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs")
  const flags = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${output}`]
  const child = spawn(process.execPath, [vitest, ...flags, ...args], { cwd: ROOT, stdio: "inherit" })
  // vitest tidies up after one SIGINT only, and a terminal has sent it that one already.
  process.on("SIGTERM", () => child.kill("SIGINT"))
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"))
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("exit", resolve))
  const { passed, failed, skipped } = summarise(readReport(output), code)
  rmSync(folder, { recursive: true, force: true })
  if (skipped > 0) console.log(`${skipped} skipped`)
  console.log(`${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"))
  } catch (error) {
    // No report: vitest ended before it ran anything, and has said why.
    if (error.code === "ENOENT") return undefined
    throw error
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) process.exit(await main(process.argv.slice(2)))
