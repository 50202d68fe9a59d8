import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const ROOT = fileURLToPath(new URL("../..", import.meta.url))
const KEPT = 4

export interface Build {
  /** Files and folders, from the root of the repository, that decide the result. */
  inputs: string[]
  /** Builds land in `<outdir>/<hash of the inputs>`. */
  outdir: string
  make(folder: string): Promise<void>
  /** Called when there is something to do. */
  onBuild?: (() => void) | undefined
}

/**
 * A build is named by what it was made of: nothing to do when it exists, two builders at once do not meet, and what runs
 * keeps its files. Returns its folder.
 */
export async function buildOnce({ inputs, outdir, make, onBuild }: Build): Promise<string> {
  const folder = join(outdir, hashOf(["package-lock.json", "packages/functions/build-once.ts", ...inputs]))
  if (existsSync(folder)) return folder
  onBuild?.()
  const partial = `${folder}.${process.pid}`
  mkdirSync(partial, { recursive: true })
  try {
    await make(partial)
    if (!existsSync(folder)) renameSync(partial, folder)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  prune(outdir)
  return folder
}

function hashOf(inputs: string[]): string {
  const hash = createHash("sha256")
  for (const file of inputs.flatMap((each) => filesOf(join(ROOT, each))).sort()) {
    hash
      .update(`${relative(ROOT, file)}\0`)
      .update(readFileSync(file))
      .update("\0")
  }
  return hash.digest("hex").slice(0, 16)
}

function filesOf(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return []
  if (found.isFile()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && !/\.test\.tsx?$/.test(each.name))
    .map((each) => join(each.parentPath, each.name))
}

function prune(outdir: string) {
  const builds = readdirSync(outdir).filter((each) => /^[0-9a-f]{16}(\.\d+)?$/.test(each))
  const age = (name: string) => statSync(join(outdir, name), { throwIfNoEntry: false })?.mtimeMs ?? 0
  const old = builds.sort((a, b) => age(b) - age(a)).slice(KEPT)
  for (const name of old) rmSync(join(outdir, name), { recursive: true, force: true })
}
