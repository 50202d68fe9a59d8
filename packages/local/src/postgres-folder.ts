import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs"
import { dirname, join, resolve } from "node:path"
import { ACCOUNT, isReachable, SHARED_ROOT } from "./postgres-binaries.ts"

/** What a running server writes into its folder. */
export interface ServerFile {
  pid: number
  port: number
  status: string
}

/** `postmaster.pid`: process, folder, start time, port, socket folder, listen address, shared memory, status. */
export function readServerFile(folder: string): ServerFile | undefined {
  const path = join(folder, "postmaster.pid")
  if (!existsSync(path)) return undefined
  const lines = readFileSync(path, "utf8").split("\n")
  return { pid: Number(lines[0]), port: Number(lines[3]), status: (lines[7] ?? "").trim() }
}

/**
 * The folder the server may really use. Under root it belongs to `nobody`, and the folder above is opened for passing
 * through. When the path lies under a closed directory, the data are kept in `SHARED_ROOT` and a link stands in their place;
 * without the link (the user deleted it to start afresh) they are no longer used.
 */
export function serverFolder(wanted: string): string {
  const path = resolve(wanted)
  mkdirSync(dirname(path), { recursive: true })
  if (!ACCOUNT) return path
  const parent = dirname(path)
  chmodSync(parent, statSync(parent).mode | 0o011)
  if (isReachable(parent)) return path
  const elsewhere = join(SHARED_ROOT, createHash("sha256").update(path).digest("hex").slice(0, 16))
  const there = lstatSync(path, { throwIfNoEntry: false })
  if (there?.isSymbolicLink() && readlinkSync(path) === elsewhere) return elsewhere
  mkdirSync(SHARED_ROOT, { recursive: true, mode: 0o755 })
  rmSync(elsewhere, { recursive: true, force: true })
  // A folder instead of the link is a backup that somebody put back. `mv` keeps its owner, also on another disk.
  if (there?.isDirectory()) execFileSync("mv", [path, elsewhere])
  else rmSync(path, { force: true })
  symlinkSync(elsewhere, path)
  return elsewhere
}

export function giveToServer(folder: string) {
  mkdirSync(folder, { recursive: true })
  if (ACCOUNT) chownSync(folder, ACCOUNT.uid, ACCOUNT.gid)
  chmodSync(folder, 0o700)
}
