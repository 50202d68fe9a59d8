// Every gate, in order, one summary line each; the output of a gate is shown only when it fails.
import { spawn } from "node:child_process"

const GATES = [
  ["format", "oxfmt", "--check"],
  ["lint and import fence", "oxlint"],
  ["types", "npm", "run", "--silent", "typecheck"],
  ["migration drift", "node", "scripts/drift.mjs"],
  ["unused code", "knip"],
]
const skipTests = process.argv.includes("--static")
if (!skipTests) GATES.push(["tests", "node", "scripts/test.mjs"])

const run = (command, args, isLoud) =>
  new Promise((resolve) => {
    const child = spawn(command, args, { stdio: isLoud ? "inherit" : "pipe" })
    let output = ""
    child.stdout?.on("data", (chunk) => (output += chunk))
    child.stderr?.on("data", (chunk) => (output += chunk))
    child.on("error", (error) => resolve({ code: 1, output: String(error) }))
    child.on("close", (code) => resolve({ code: code ?? 1, output }))
  })

let failed = 0
for (const [name, command, ...args] of GATES) {
  const start = Date.now()
  const { code, output } = await run(command, args, name === "tests")
  if (code !== 0) {
    failed++
    process.stdout.write(output)
  }
  if (name !== "tests")
    console.log(`${code === 0 ? "ok  " : "FAIL"} ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`)
}
process.exit(failed ? 1 : 0)
