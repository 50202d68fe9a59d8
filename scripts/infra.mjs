// The deployment, judged offline: no account, no Pulumi, nothing but npm. Installs SST beside the product (it is larger
// than all the rest), checks the types of sst.config.ts and infra/, has SST itself make both stages' graphs, and asserts
// every rule on them; then makes each deliberate mistake and asserts that the rule meant for it catches it.
import { spawn } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { installWhenNeeded } from "./install.mjs"
import { rules } from "../infra/rules/registry.ts"
import { mistakes } from "../infra/rules/mistakes.ts"
import { FUNCTION_NAMES } from "../packages/functions/src/sizes.ts"
import { differences } from "../infra/rules/zip.ts"
import { brokenRules, caughtBy, expectedFor } from "../infra/rules/judge.ts"

const ROOT = fileURLToPath(new URL("..", import.meta.url))
const INFRA = join(ROOT, "infra")
const STAGES = ["dev", "production"]
/** SST's command line refuses to install its platform without a Pulumi of the version it names. */
const PULUMI = "v3.215.0"

let failed = 0
const say = (isFine, text, details = []) => {
  if (!isFine) failed++
  console.log(`${isFine ? "ok  " : "FAIL"} ${text}`)
  for (const each of details) console.log(`     ${each}`)
}

await installWhenNeeded(INFRA)
await step(`SST ${sstVersion()} and its platform are installed`, installPlatform)
await step("the portal and the functions are built", () => run(process.execPath, ["scripts/builds.mjs"]))
await step("types of sst.config.ts and infra/", () => run(bin("tsc"), ["-p", "infra"]))
await step("types of infra/rules/", () => run(bin("tsc"), ["-p", "infra/rules"]))

for (const stage of STAGES) {
  const graph = await step(`stage ${stage} is evaluated by SST`, async () =>
    JSON.parse(await run(process.execPath, ["infra/rules/evaluate.ts", stage])),
  )
  if (!graph) continue
  console.log(`     ${graph.resources.length} resources`)
  const broken = new Map(brokenRules(graph).map(({ id, wrong }) => [id, wrong]))
  for (const { id, title } of rules) say(!broken.has(id), `${stage} ${id}: ${title}`, broken.get(id))
  for (const name of FUNCTION_NAMES) {
    const differing = differences(join(ROOT, ".sst/artifacts", titled(name), "code.zip"), graph.bundles)
    say(differing.length === 0, `${stage} archive of ${name}: bit for bit what npm start runs`, differing)
  }
  if (stage !== "production") continue
  for (const mistake of mistakes) {
    const caught = caughtBy(mistake, graph).toSorted()
    const isCaught = String(caught) === String(expectedFor(mistake))
    say(isCaught, `mistake "${mistake.title}": caught by ${caught.join(" and ") || "nothing"}`)
  }
}

const judged = `${rules.length} rules on ${STAGES.length} stages, ${mistakes.length} mistakes`
console.log(failed === 0 ? `infra ok: ${judged}` : `infra: ${failed} FAILED of ${judged}`)
process.exit(failed === 0 ? 0 : 1)

/** What the work gives, or nothing when it failed, which is said. */
async function step(title, work) {
  const start = Date.now()
  try {
    const result = await work()
    say(true, `${title} (${((Date.now() - start) / 1000).toFixed(1)} s)`)
    return result
  } catch (error) {
    say(false, title, error.message.trim().split("\n"))
    return undefined
  }
}

/** `sst install` fetches the platform's packages from npm, and asks Pulumi for nothing but its version. */
async function installPlatform() {
  const stamp = join(ROOT, ".sst/platform/version")
  const done = join(ROOT, ".sst/platform/.robokit-installed")
  const version = sstVersion()
  if (existsSync(stamp) && existsSync(done) && readFileSync(done, "utf8") === version) return
  const config = join(ROOT, ".cache/infra/config")
  const pulumi = join(config, "sst/bin/pulumi")
  mkdirSync(join(config, "sst/bin"), { recursive: true })
  writeFileSync(pulumi, `#!/bin/sh\n[ "$1" = version ] && echo ${PULUMI} && exit 0\nexit 1\n`)
  chmodSync(pulumi, 0o755)
  await run(join(INFRA, "node_modules/.bin/sst"), ["install"], {
    SST_NO_BUN: "1",
    SST_TELEMETRY_DISABLED: "1",
    DO_NOT_TRACK: "1",
    SST_STAGE: "dev",
    XDG_CONFIG_HOME: config,
  })
  writeFileSync(done, version)
}

function sstVersion() {
  return JSON.parse(readFileSync(join(INFRA, "package.json"), "utf8")).dependencies.sst
}

/** `dead-letter` → `DeadLetter`, as infra/ names its resources. */
function titled(name) {
  return name.replace(/(^|-)([a-z])/g, (_, __, letter) => letter.toUpperCase())
}

function bin(name) {
  return join(ROOT, "node_modules/.bin", name)
}

/** What it printed; throws with all it said when it failed. */
function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    })
    let [output, complaint] = ["", ""]
    child.stdout.on("data", (chunk) => (output += chunk))
    child.stderr.on("data", (chunk) => (complaint += chunk))
    child.once("error", reject)
    child.once("close", (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${output}${complaint}` || `${command} ended with ${code}`)),
    )
  })
}
