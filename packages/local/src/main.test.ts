import { spawn, spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, test } from "vitest"
import { freePort, type Product, startProduct } from "../test/product.ts"

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url))
const data_dir = mkdtempSync(join(tmpdir(), "robokit-main-"))
const hub_dir = join(data_dir, "folders")
const neighbour = createServer()
let taken: number
let product: Product

beforeAll(async () => {
  mkdirSync(join(hub_dir, "my-recording"), { recursive: true })
  writeFileSync(join(hub_dir, "my-recording", "notes.csv"), "a,b\n1,2\n")
  taken = await freePort()
  await new Promise<void>((resolve) => neighbour.listen(taken, "127.0.0.1", resolve))
  product = await startProduct({ data_dir, args: ["--port", String(taken), "--hub-dir", hub_dir] })
}, 120_000)
afterAll(async () => {
  neighbour.close()
  await product?.stop()
  rmSync(data_dir, { recursive: true, force: true })
})

test("a taken port is passed over for the next, and said so", async () => {
  expect(Number(new URL(product.portal).port)).toBeGreaterThan(taken)
  expect(product.output()).toContain(`port ${taken} is taken`)
  expect((await fetch(`${product.portal}/health`)).status).toBe(200)
})

test("every folder of --hub-dir is a dataset of the sample Hub", async () => {
  const answer = await fetch(`${product.hub}/api/datasets/local/my-recording`)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ id: "local/my-recording" })
})

test("a second start on the same data says who is there and leaves it alone", async () => {
  const second = spawnSync(process.execPath, [MAIN, "--data-dir", data_dir], { encoding: "utf8" })
  expect(second.status).toBe(1)
  expect(second.stderr).toContain(`process ${product.child.pid}, ${product.portal}`)
  expect(second.stderr).not.toContain("    at ")
  expect((await fetch(`${product.portal}/ready`)).status).toBe(200)
})

test.each([
  ["a Hub that is no address", { HF_ENDPOINT: "huggingface.co" }, [], "HF_ENDPOINT"],
  ["a Hub that is not on the web", { HF_ENDPOINT: "ftp://huggingface.co" }, [], "HF_ENDPOINT"],
  ["a database that is no address", { DATABASE_URL: "garbage" }, [], "DATABASE_URL"],
  ["a database that does not answer", { DATABASE_URL: "postgres://me:secret@127.0.0.1:1/x" }, [], "127.0.0.1:1"],
  ["no PostgreSQL where it is said to be", { PG_BIN: "/nowhere" }, [], "/nowhere"],
  ["a data folder that cannot be", {}, ["--data-dir", join(MAIN, "data")], join(MAIN, "data")],
])("%s: told in a sentence, without a stack", (_, env, args, named) => {
  const folder = ["--data-dir", join(data_dir, "refused")]
  const start = spawnSync(process.execPath, [MAIN, ...folder, ...args], {
    encoding: "utf8",
    env: { ...process.env, ...env },
    timeout: 20_000,
  })
  expect(start.stderr).toContain(named)
  expect(start.stderr).not.toMatch(/^ {4}at |secret/m)
  expect(start.status).toBe(2)
})

test.each([300, 900, 2000])("Ctrl-C %i ms after the start ends cleanly and leaves no process", async (ms) => {
  const folder = mkdtempSync(join(tmpdir(), "robokit-interrupted-"))
  const ports = ["--port", String(await freePort()), "--api-port", String(await freePort())]
  const child = spawn(process.execPath, [MAIN, ...ports, "--data-dir", folder], { stdio: ["ignore", "pipe", "pipe"] })
  let output = ""
  child.stdout.on("data", (chunk) => (output += chunk))
  child.stderr.on("data", (chunk) => (output += chunk))
  const exited = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)))
  setTimeout(() => child.kill("SIGINT"), ms)
  // Node itself ends on a signal that comes before the program has begun.
  expect(await exited, output).toBeOneOf([0, "SIGINT"])
  expect(processesNaming(folder)).toEqual([])
  rmSync(folder, { recursive: true, force: true })
})

/** Processes whose command line names a folder. */
function processesNaming(folder: string): string[] {
  return readdirSync("/proc")
    .filter((each) => /^\d+$/.test(each))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")
        return command.includes(folder) ? [command] : []
      } catch {
        // It ended since it was listed.
        return []
      }
    })
}
