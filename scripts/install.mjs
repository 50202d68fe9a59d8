// Installs what package-lock.json says, when that is not what is there. Runs under Node 20: plain JavaScript.
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

const LONGEST_INSTALLATION_MS = 15 * 60_000

export async function installWhenNeeded(root, install = npmCi) {
  const lockfile = readFileSync(join(root, "package-lock.json"), "utf8")
  const hash = createHash("sha256").update(lockfile).digest("hex")
  const stamp = join(root, "node_modules", ".robokit-installed")
  const isDone = () => {
    if (readOrNothing(stamp) === hash) return true
    if (!isInstalled(root, JSON.parse(lockfile))) return false
    writeFileSync(stamp, hash)
    return true
  }
  if (isDone()) return
  const unlock = await lock(join(root, ".cache", "install.lock"))
  try {
    // Another start may have installed while this one waited.
    if (isDone()) return
    await install(root)
    writeFileSync(stamp, hash)
  } finally {
    unlock()
  }
}

/** Whether every package of the lockfile is there in its version; an optional one may be for another platform. */
function isInstalled(root, { packages }) {
  const found = readOrNothing(join(root, "node_modules", ".package-lock.json"))
  if (!found) return false
  const installed = JSON.parse(found).packages
  return Object.entries(packages).every(([path, { version, optional, link }]) => {
    if (!path.startsWith("node_modules/") || link) return true
    return path in installed ? installed[path].version === version : optional === true
  })
}

function npmCi(root) {
  console.log("Installing, this once …")
  const start = Date.now()
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
  const npm = process.env.npm_execpath
  return new Promise((resolve, reject) => {
    const child = npm?.endsWith("js")
      ? spawn(process.execPath, [npm, ...args], { cwd: root, stdio: "inherit" })
      : spawn("npm", args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" })
    child.on("error", (error) => reject(new Error(`npm does not start: ${error.message}`)))
    child.on("exit", (code, signal) => {
      if (code !== 0) return reject(new Error(`The installation failed (npm ci: ${code ?? signal}).`))
      console.log(`Installed in ${((Date.now() - start) / 1000).toFixed(0)} s.`)
      resolve()
    })
  })
}

/** A file with the number of the process that installs; one whose process is gone is taken over. */
async function lock(path) {
  mkdirSync(dirname(path), { recursive: true })
  for (let waits = 0; ; waits++) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx" })
      return () => rmSync(path, { force: true })
    } catch (error) {
      if (error.code !== "EEXIST") throw error
    }
    if (isStale(path)) rmSync(path, { force: true })
    else {
      if (waits === 0) console.log("Waiting for another installation to end …")
      await sleep(200)
    }
  }
}

function isStale(path) {
  const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
  const pid = Number(readOrNothing(path))
  // Empty: just created, its number not yet written.
  if (!pid) return age > 5000
  if (age > LONGEST_INSTALLATION_MS) return true
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error.code === "ESRCH"
  }
}

function readOrNothing(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : ""
}
