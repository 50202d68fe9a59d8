import { createHash } from "node:crypto"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, sep } from "node:path"

const NAME = "manifest.json"

/** SHA-256 of every file that runs, by its path in the folder. Source maps are for people and left out. */
export type Manifest = Record<string, string>

/** What the files of `folder` are now, whatever its manifest says. */
export function digest(folder: string): Manifest {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && each.name !== NAME && !each.name.endsWith(".map"))
    .map((each) => join(each.parentPath, each.name))
  const entries = files.map((path) => {
    const name = path.slice(folder.length + 1).replaceAll(sep, "/")
    return [name, createHash("sha256").update(readFileSync(path)).digest("hex")] as const
  })
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

export const writeManifest = (folder: string) =>
  writeFileSync(join(folder, NAME), `${JSON.stringify(digest(folder), null, 2)}\n`)

/** What was built into `folder`: a deployment and a laptop with the same manifest run the same code. */
export const readManifest = (folder: string) => JSON.parse(readFileSync(join(folder, NAME), "utf8")) as Manifest
