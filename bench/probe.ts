import { type ChildProcess, fork } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const ENVIRONMENT = fileURLToPath(new URL("environment.ts", import.meta.url))

export interface Measured {
  wall_ms: number
  /** Of all threads. */
  cpu_ms: number
  /** Of the process, after it. */
  rss_mb: number
  result: unknown
}

/** One execution environment of a bundle, in a process of its own, without the compile cache, which Lambda has not either. */
export interface Probe {
  /** Importing the bundle. */
  init: Measured
  /** From the fork until the bundle was imported; starting Node is in it. */
  ready_ms: number
  invoke(event: unknown): Promise<Measured>
  /** Written to stdout so far. */
  log_bytes(): number
  stop(): Promise<void>
}

/** `handler` is `<bundle>.<export>` of a bundle in `folder`. */
export async function startProbe(
  folder: string,
  handler: string,
  env: Record<string, string>,
  memory_mb: number,
): Promise<Probe> {
  const started = performance.now()
  const [bundle, name] = handler.split(".") as [string, string]
  const child = fork(ENVIRONMENT, [pathToFileURL(join(folder, `${bundle}.mjs`)).href, name], {
    execArgv: [`--max-old-space-size=${Math.floor(memory_mb * 0.9)}`],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: { PATH: process.env.PATH, TZ: ":UTC", ...env },
  })
  let log_bytes = 0
  child.stdout!.on("data", (chunk: Buffer) => (log_bytes += chunk.length))
  const init = await nextReport(child)
  return {
    init,
    ready_ms: performance.now() - started,
    invoke(event) {
      const report = nextReport(child)
      child.send(event as object)
      return report
    },
    log_bytes: () => log_bytes,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve()
        child.once("exit", () => resolve())
        child.kill("SIGKILL")
      }),
  }
}

const nextReport = (child: ChildProcess) =>
  new Promise<Measured>((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null) =>
      reject(new Error(`the environment ended: ${code ?? signal}`))
    child.once("exit", onExit)
    child.once("message", (report: Measured) => {
      child.off("exit", onExit)
      resolve(report)
    })
  })
