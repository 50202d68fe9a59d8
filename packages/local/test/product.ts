import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url))

export interface Product {
  portal: string
  api: string
  hub: string
  data_dir: string
  /** All that was printed so far. */
  output(): string
  /** Ctrl-C; resolves with the exit code. */
  stop(): Promise<number | null>
  /** SIGKILL to everything at once: the product, its functions, its Hub and its database. */
  killAll(): Promise<void>
  child: ChildProcess
}

/** The whole product as a user starts it, on free ports and its own data folder. */
export async function startProduct(
  options: { data_dir?: string; args?: string[]; env?: Record<string, string> } = {},
): Promise<Product> {
  const data_dir = options.data_dir ?? mkdtempSync(join(tmpdir(), "robokit-product-"))
  const [port, api_port] = [await freePort(), await freePort()]
  const ports = ["--port", String(port), "--api-port", String(api_port)]
  // Its own process group, so that a test can take it down as a power cut would.
  const child = spawn(process.execPath, [MAIN, ...ports, "--data-dir", data_dir, ...(options.args ?? [])], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, HF_ENDPOINT: undefined, DATABASE_URL: undefined, NO_COLOR: "1", ...options.env },
  })
  let output = ""
  child.stdout!.on("data", (chunk) => (output += chunk))
  child.stderr!.on("data", (chunk) => (output += chunk))
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve))

  const until = Date.now() + 90_000
  while (!/^\s*Ready\b/m.test(output)) {
    if (child.exitCode !== null) throw new Error(`the product stopped while starting:\n${output}`)
    if (Date.now() > until) throw new Error(`the product was not ready in 90 s:\n${output}`)
    await sleep(20)
  }
  const url = (name: string) => new RegExp(`^\\s*${name}\\s+(http\\S+)`, "im").exec(output)?.[1] ?? fail(name, output)

  return {
    portal: url("Portal"),
    api: url("API"),
    hub: options.env?.HF_ENDPOINT ?? url("Sample Hub"),
    data_dir,
    child,
    output: () => output,
    async stop() {
      child.kill("SIGINT")
      return exited
    },
    async killAll() {
      const pid_file = join(data_dir, "pg", "postmaster.pid")
      const postmaster = existsSync(pid_file) ? Number(readFileSync(pid_file, "utf8").split("\n")[0]) : undefined
      process.kill(-child.pid!, "SIGKILL")
      if (postmaster) process.kill(postmaster, "SIGKILL")
      await exited
    },
  }
}

function fail(name: string, output: string): never {
  throw new Error(`no line for ${name} in:\n${output}`)
}

export const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer().on("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

/** Asks until the answer satisfies, or throws with the last answer. */
export async function until<T>(ask: () => Promise<T>, isDone: (answer: T) => boolean, seconds: number): Promise<T> {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (isDone(answer)) return answer
    if (Date.now() > end) throw new Error(`not so after ${seconds} s: ${JSON.stringify(answer).slice(0, 2000)}`)
    await sleep(200)
  }
}
