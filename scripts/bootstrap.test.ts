import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { installWhenNeeded } from "./install.mjs"
import { summarise } from "./test.mjs"

const BOOTSTRAP = fileURLToPath(new URL("bootstrap.mjs", import.meta.url))
const bootstrap = (...args: string[]) => spawnSync(process.execPath, [BOOTSTRAP, ...args], { encoding: "utf8" })

describe("the two commands", () => {
  test("hand arguments on and exit as the program does", () => {
    const help = bootstrap("start", "--help")
    expect(help.stdout).toMatch(/^Usage: npm start/)
    expect(help.status).toBe(0)
    const wrong = bootstrap("start", "--no-such-flag")
    expect(wrong.stderr).toMatch(/--no-such-flag[\s\S]*Usage: npm start/)
    expect(wrong.status).toBe(2)
  })

  test("refuse in a sentence what they cannot do", () => {
    expect(bootstrap("start", "--hub-dir", "/no/such/folder")).toMatchObject({ status: 2 })
    expect(bootstrap("start", "--hub-dir", "/no/such/folder").stderr).toContain("there is no folder /no/such/folder")
    expect(bootstrap("start", "--port", "0").stderr).toContain('--port takes a port from 1 to 65535, not "0"')
    expect(bootstrap("dance")).toMatchObject({ status: 2 })
  })
})

test("a stop that npm hands only to the shell in between ends the program all the same", async () => {
  const data_dir = mkdtempSync(join(tmpdir(), "robokit-stop-"))
  const command = `${process.execPath} ${BOOTSTRAP} start --port 3890 --api-port 8890 --data-dir ${data_dir}; true`
  const shell = spawn("sh", ["-c", command], { stdio: ["ignore", "pipe", "inherit"] })
  let output = ""
  shell.stdout.on("data", (chunk) => (output += chunk))
  // The pipe is open as long as anything of it runs.
  const ended = new Promise((resolve) => shell.stdout.once("close", resolve))
  while (!/^Ready/m.test(output)) await sleep(50)
  shell.kill("SIGTERM")
  await ended
  const portal = /Portal\s+(\S+)/.exec(output)![1]!
  await expect(fetch(portal)).rejects.toThrow()
  rmSync(data_dir, { recursive: true, force: true })
}, 60_000)

describe("an installation", () => {
  let root: string
  let installations: number
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "robokit-install-"))
    installations = 0
    writeLock("1.0.0")
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const lockfile = (version: string) => ({
    packages: {
      "": { version: "1.0.0" },
      "node_modules/a": { version },
      "node_modules/other-platform": { version: "1.0.0", optional: true },
      "node_modules/workspace": { link: true },
    },
  })
  const writeLock = (version: string) =>
    writeFileSync(join(root, "package-lock.json"), JSON.stringify(lockfile(version)))
  /** Leaves what npm leaves. */
  const installed = (version: string) => {
    mkdirSync(join(root, "node_modules"), { recursive: true })
    writeFileSync(
      join(root, "node_modules/.package-lock.json"),
      JSON.stringify({ packages: { "node_modules/a": { version } } }),
    )
  }
  const install = async () => {
    installations++
    rmSync(join(root, "node_modules"), { recursive: true, force: true })
    await sleep(300)
    installed("1.0.0")
  }
  const ensure = () => installWhenNeeded(root, install)

  test("happens once, and again when the lockfile asks for other packages", async () => {
    await ensure()
    await ensure()
    expect(installations).toBe(1)
    writeLock("1.0.1")
    await ensure()
    expect(installations).toBe(2)
  })

  test("of somebody's own `npm ci` is good enough", async () => {
    installed("1.0.0")
    await ensure()
    expect(installations).toBe(0)
  })

  test("happens once when two start at the same moment", async () => {
    await Promise.all([ensure(), ensure()])
    expect(installations).toBe(1)
    expect(existsSync(join(root, ".cache/install.lock"))).toBe(false)
  })

  test("that failed or was killed is done again", async () => {
    await expect(installWhenNeeded(root, () => Promise.reject(new Error("no network")))).rejects.toThrow("no network")
    const { pid } = spawnSync(process.execPath, ["--version"])
    writeFileSync(join(root, ".cache/install.lock"), String(pid))
    await ensure()
    expect(installations).toBe(1)
  })
})

describe("the last line of the tests", () => {
  const file = (status: string, ...states: string[]) => ({
    status,
    assertionResults: states.map((each) => ({ status: each })),
  })

  test("counts what passed and failed, and nothing that was skipped", () => {
    const testResults = [file("failed", "passed", "failed"), file("passed", "passed", "skipped", "todo", "pending")]
    expect(summarise({ testResults }, 1)).toEqual({ passed: 2, failed: 1, skipped: 3 })
  })

  test("counts a file that did not load as a failure", () => {
    expect(summarise({ testResults: [file("failed"), file("passed", "passed")] }, 1)).toMatchObject({
      passed: 1,
      failed: 1,
    })
  })

  test("never says 0 failed of a run that ended badly or ran nothing", () => {
    expect(summarise({ testResults: [file("passed", "passed")] }, 1).failed).toBe(1)
    expect(summarise(undefined, null).failed).toBe(1)
    expect(summarise({ testResults: [] }, 0).failed).toBe(1)
  })
})
