import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { freePort, isPostgres } from "./port.ts"
import { ACCOUNT, postgresBinaries } from "./postgres-binaries.ts"
import { giveToServer, readServerFile, type ServerFile, serverFolder } from "./postgres-folder.ts"
import { isAlive, programOf, waitForExit } from "./process.ts"

const USER = "robokit"
const START_MS = 30_000
const STOP_MS = 10_000

export interface Postgres {
  url: string
  pid: number
  /** Where the data really are. */
  folder: string
  /** It was running already: its parent was killed and it was not. */
  adopted: boolean
  stop(): Promise<void>
}

export interface PostgresOptions {
  data_dir: string
  /** The next free one when taken. */
  port?: number
  /** `false` for tests: nothing is synced to the disk. */
  durable?: boolean
  settings?: Record<string, string | number>
  /** Called when a new database must be made first, which takes a second. */
  onCreate?: () => void
}

/** A real PostgreSQL server on loopback, of this machine's user (as `nobody` under root). It outlives a killed parent. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const folder = serverFolder(options.data_dir)
  const orphan = await settle(folder)
  if (orphan) return server(orphan, folder, true)

  const bin = postgresBinaries()
  if (!existsSync(join(folder, "PG_VERSION"))) {
    options.onCreate?.()
    await createCluster(bin, folder, options.durable ?? true)
  }
  const end = Date.now() + START_MS
  for (let wanted = options.port ?? 0; ;) {
    const port = await freePort(wanted)
    const child = launch(bin, folder, port, options)
    const started = await waitUntilReady(child.process, folder, end)
    if (started) return server(started, folder, false)
    const log = readFileSync(child.log, "utf8").slice(-2000)
    // Another process took the port since, or what is left of a killed server has not gone yet.
    const again = /could not bind|pre-existing shared memory block|lock file .* already exists/.test(log)
    if (!again || Date.now() > end) throw new Error(`PostgreSQL did not start in ${folder}:\n${log}`)
    if (/could not bind/.test(log) && port < 65_535) wanted = wanted === 0 ? 0 : port + 1
    await sleep(50)
  }
}

/** A server that runs in this folder, once it is neither starting nor stopping. */
async function settle(folder: string): Promise<ServerFile | undefined> {
  for (const end = Date.now() + START_MS; Date.now() < end; await sleep(20)) {
    const found = readServerFile(folder)
    if (!found || !isAlive(found.pid)) return undefined
    const program = programOf(found.pid)
    if (program !== undefined && !program.startsWith("postgres")) {
      // After a power cut its number may go to another program, and the server would wait for that one for ever.
      rmSync(join(folder, "postmaster.pid"))
      return undefined
    }
    if (found.status === "ready" && (await isPostgres(found.port))) return found
  }
  throw new Error(`A PostgreSQL server in ${folder} neither starts nor stops.`)
}

/** In a folder beside it first, so that a kill in the middle leaves nothing that looks whole. */
async function createCluster(bin: string, folder: string, durable: boolean) {
  const partial = `${folder}.new`
  rmSync(partial, { recursive: true, force: true })
  giveToServer(partial)
  const args = ["-D", partial, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", ...(durable ? [] : ["--no-sync"])]
  const child = spawn(join(bin, "initdb"), args, { ...ACCOUNT, cwd: "/", stdio: ["ignore", "ignore", "pipe"] })
  let log = ""
  child.stderr.on("data", (chunk) => (log += chunk))
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve))
  if (code !== 0) throw new Error(`initdb failed (${code}) in ${partial}:\n${log}`)
  rmSync(folder, { recursive: true, force: true })
  renameSync(partial, folder)
}

function launch(bin: string, folder: string, port: number, options: PostgresOptions) {
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 100,
    shared_buffers: "64MB",
    ...(options.durable === false ? { fsync: "off", synchronous_commit: "off", full_page_writes: "off" } : {}),
    ...options.settings,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])
  // A file, not a pipe: nobody reads a pipe once the parent was killed.
  const log = `${folder}.log`
  const output = openSync(log, "w")
  const child = spawn(join(bin, "postgres"), ["-D", folder, "-p", String(port), ...flags], {
    ...ACCOUNT,
    cwd: "/",
    detached: true,
    stdio: ["ignore", output, output],
  })
  closeSync(output)
  child.unref()
  return { process: child, log }
}

/** `undefined` when it ended instead. */
async function waitUntilReady(child: ChildProcess, folder: string, end: number): Promise<ServerFile | undefined> {
  let failure: Error | undefined
  child.once("error", (error) => (failure = error))
  while (child.exitCode === null && child.signalCode === null) {
    if (failure) throw failure
    const found = readServerFile(folder)
    if (found?.pid === child.pid && found?.status === "ready") return found
    if (Date.now() > end) {
      child.kill("SIGQUIT")
      throw new Error(`PostgreSQL was not ready in ${START_MS / 1000} s: ${folder}.log`)
    }
    await sleep(10)
  }
  return undefined
}

/** Of the embedded server, which listens on loopback only and asks for no password. */
export const addressOf = (port: number) => `postgres://${USER}@127.0.0.1:${port}/postgres`

const server = ({ pid, port }: ServerFile, folder: string, adopted: boolean): Postgres => ({
  url: addressOf(port),
  pid,
  folder,
  adopted,
  async stop() {
    if (!isAlive(pid)) return
    process.kill(pid, "SIGINT")
    if (await waitForExit(pid, STOP_MS)) return
    process.kill(pid, "SIGQUIT")
    if (!(await waitForExit(pid, STOP_MS))) throw new Error(`PostgreSQL (process ${pid}) does not stop.`)
  },
})
