import { readdir, stat } from "node:fs/promises"
import { createHash } from "node:crypto"
import { realpathSync } from "node:fs"
import { basename, join, sep } from "node:path"
import { type FolderFile, isRefused, scanFolder } from "./folder-scan.ts"
import { cardTags } from "./front-matter.ts"
import type { SampleRepo } from "./repo.ts"

const OWNER = "local"
const LARGEST_TEXT = 1024 * 1024

/** Every sub-folder of `dir` as `local/<name>`, whatever it holds, empty ones included. */
export async function folderRepos(dir: string): Promise<SampleRepo[]> {
  const within = realpathSync(dir) + sep
  const names: string[] = []
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await leadsToFolder(join(dir, entry.name), within)))) {
      names.push(entry.name)
    }
  }
  const repos: SampleRepo[] = []
  for (const [name, folder] of repoNames(names)) repos.push(await repoOf(`${OWNER}/${name}`, join(dir, folder), dir))
  return repos
}

/** A folder that cannot be read whole is shown and gives nothing: a part of it would pass for the dataset. */
async function repoOf(id: string, folder: string, boundary: string): Promise<SampleRepo> {
  try {
    return await folderRepo(id, folder, boundary)
  } catch (error) {
    if (!isRefused(error)) throw error
    const reason = `RoboKit may not read ${error.path} (${error.code}). Give its user the right to, and start again.`
    console.warn(`--hub-dir: ${id} is shown but cannot be imported: ${reason}`)
    return {
      ...repoWith(id, new Map(), new Date((await stat(folder)).mtimeMs), ["task_categories:robotics"]),
      description: reason,
      disabled: true,
    }
  }
}

/**
 * One commit of what the folder holds now. Its id follows from names, sizes and times, so a restart finds the same
 * commit and a changed folder a new one.
 */
export async function folderRepo(id: string, folder: string, boundary = folder): Promise<SampleRepo> {
  const { files, newest_ms } = await scanFolder(folder, boundary)
  const changed = new Date(files.size > 0 ? newest_ms : (await stat(folder)).mtimeMs)
  const description = `The folder ${basename(folder)} of this machine.`
  const version = codebaseVersion(await readText(files.get("meta/info.json")))
  const repo = repoWith(id, files, changed, await tagsOf(files, version !== undefined))
  return { ...repo, description, git_tags: gitTagsOf(version, repo.branches.main) }
}

function repoWith(id: string, files: ReadonlyMap<string, FolderFile>, changed: Date, tags: string[]) {
  const hash = createHash("sha1")
  for (const [path, { size, mtime_ms }] of files) hash.update(`${path}\0${size}\0${mtime_ms}\n`)
  const commit = hash.digest("hex")
  const date = changed.toISOString()
  return {
    id,
    tags,
    downloads: 0,
    likes: 0,
    created_at: date,
    commits: [{ id: commit, title: "The folder as it is", date, author: OWNER, files: () => Promise.resolve(files) }],
    branches: { main: commit },
    git_tags: {},
  }
}

/**
 * Folder name → repository name. The Hub takes 1–96 of `[A-Za-z0-9_.-]`, no `--` or `..`, a word character at both
 * ends, no `.git` at the end: other characters become `-`, runs shrink to one, ends are trimmed, and a name that is
 * then taken gets `-2`, `-3` … Names that are right already come first, so they always keep theirs.
 */
export function repoNames(folders: readonly string[]): Map<string, string> {
  const names = new Map<string, string>()
  // The Hub compares names without case.
  const taken = new Set<string>()
  const byClaim = folders.toSorted(
    (a, b) => Number(a !== legalName(a)) - Number(b !== legalName(b)) || (a < b ? -1 : 1),
  )
  for (const folder of byClaim) {
    const wanted = legalName(folder)
    let name = wanted
    for (let n = 2; taken.has(name.toLowerCase()); n += 1) name = `${wanted.slice(0, 90)}-${n}`
    taken.add(name.toLowerCase())
    names.set(name, folder)
  }
  return names
}

function legalName(folder: string): string {
  let name = folder
    .replaceAll(/[^A-Za-z0-9_.-]/g, "-")
    .replaceAll(/-{2,}/g, "-")
    .replaceAll(/\.{2,}/g, ".")
  for (let before = ""; before !== name;) {
    before = name
    name = name
      .slice(0, 96)
      .replace(/^[-.]+/, "")
      .replace(/[-.]+$/, "")
      .replace(/\.git$/i, "")
  }
  return name || "folder"
}

async function leadsToFolder(link: string, within: string): Promise<boolean> {
  try {
    return realpathSync(link).startsWith(within) && (await stat(link)).isDirectory()
  } catch (cause) {
    if (["ENOENT", "ELOOP", "EACCES"].includes((cause as NodeJS.ErrnoException).code ?? "")) return false
    throw cause
  }
}

/** Always a robotics dataset, so that the default search finds it; `LeRobot` when its info says so; what the card says. */
async function tagsOf(files: ReadonlyMap<string, FolderFile>, isLeRobot: boolean): Promise<string[]> {
  const tags = new Set(["task_categories:robotics"])
  if (isLeRobot) tags.add("LeRobot")
  for (const tag of cardTags(await readText(files.get("README.md")))) tags.add(tag)
  return [...tags]
}

/** A folder has no tags of its own: it is served as if it had just been pushed by LeRobot, which tags the version. */
const gitTagsOf = (version: unknown, commit: string): Record<string, string> =>
  typeof version === "string" && /^v\d{1,4}\.\d{1,4}$/.test(version) ? { [version]: commit } : {}

function codebaseVersion(info: string): unknown {
  try {
    return (JSON.parse(info) as { codebase_version?: unknown } | null)?.codebase_version
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined
    throw cause
  }
}

async function readText(file: FolderFile | undefined): Promise<string> {
  if (!file || file.size > LARGEST_TEXT) return ""
  try {
    return new TextDecoder().decode(await file.read(0, file.size))
  } catch (cause) {
    // Whoever asks for the file itself is told; here it only has no tags to give.
    if (isRefused(cause)) return ""
    throw cause
  }
}
