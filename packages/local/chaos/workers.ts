import { type ChildProcess, fork } from "node:child_process"
import { closeSync, openSync, readFileSync } from "node:fs"
import { join } from "node:path"

export interface Process {
  /** The role it is at the database, by which the watch tells it from others. */
  name: string
  child: ChildProcess
  /** Every event it logged so far. */
  log(): { msg: string }[]
  /** SIGKILL; resolves once it is gone. */
  kill(): Promise<void>
}

/** Starts `<entry>.mjs` of `folder` and waits until it polls. */
export async function startProcess(
  entry: "worker" | "attendant",
  name: string,
  { folder, env }: { folder: string; env: Record<string, string> },
): Promise<Process> {
  const file = join(folder, `${name}.log`)
  // A file: nobody need read it for the process to go on.
  const output = openSync(file, "a")
  const child = fork(join(folder, `${entry}.mjs`), [], {
    execArgv: [],
    stdio: ["ignore", output, output, "ipc"],
    env: { PATH: process.env.PATH, ...env },
  })
  closeSync(output)
  const log = () =>
    readFileSync(file, "utf8")
      .split("\n")
      .flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as { msg: string }] : []))
  await new Promise<void>((resolve, reject) => {
    child.once("message", () => resolve())
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code} at its start:\n${readFileSync(file)}`)))
  })
  return { name, child, log, kill: () => kill(child) }
}

const kill = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once("exit", () => resolve())
    child.kill("SIGKILL")
  })
