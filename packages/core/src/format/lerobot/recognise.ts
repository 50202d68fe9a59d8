import { AppError } from "../../error.ts"
import type { FileEntry } from "../../files/files.ts"
import type { Glimpse, Recognition } from "../adapter.ts"
import { readInfoJson } from "./info.ts"
import { Notes, plural, shown } from "./notes.ts"
import { isPointer, looksLikePointer } from "./pointers.ts"
import { isRecord } from "./text.ts"
import { readAs, versionOf } from "./version.ts"

const INFO = "meta/info.json"
const OLD_INFO = "meta_data/info.json"
const OLD_STATS = "meta_data/stats.safetensors"
const MAX_FOLDERS = 100
const MAX_NAMED = 5
/** Names that decide; asked for in one request when the listing is too long to be at hand. */
const DECISIVE = [
  INFO,
  OLD_INFO,
  OLD_STATS,
  "info.json",
  "meta/episodes.jsonl",
  "meta/episodes_stats.jsonl",
  "meta/stats.json",
  "meta/tasks.jsonl",
  "meta/tasks.parquet",
]

export async function recognise(glimpse: Glimpse): Promise<Recognition> {
  const found = await decisiveFiles(glimpse)
  const info = found.get(INFO)
  if (info) return withInfo(glimpse, info, found)
  if (found.has(OLD_INFO) || found.has(OLD_STATS)) return version1(glimpse, found.get(OLD_INFO))

  const members = [...found.keys()]
    .filter((path) => path.endsWith(`/${INFO}`))
    .map((path) => path.slice(0, -INFO.length - 1))
  if (members.length) return collection(members, glimpse.complete)
  const misplaced = found.get("info.json")
  if (misplaced) {
    const raw = await readRaw(glimpse, misplaced)
    if (!(raw instanceof AppError) && "codebase_version" in raw) {
      return unsupported(
        null,
        `info.json of a LeRobot dataset (codebase_version ${shown(raw["codebase_version"])}) lies at the root instead of in meta/, so LeRobot cannot load it; move it to ${INFO}.`,
      )
    }
  }
  return { recognised: false, reason: `there is no ${INFO}` }
}

/** The decisive files that exist, and every `…/meta/info.json` one can see. */
async function decisiveFiles({ first, complete, root, files }: Glimpse): Promise<Map<string, FileEntry>> {
  const isDecisive = ({ path }: FileEntry) => DECISIVE.includes(path) || path.endsWith(`/${INFO}`)
  const seen = new Map(first.filter(isDecisive).map((file) => [file.path, file]))
  if (complete) return seen
  const folders = root.folders.filter((name) => !["meta", "data", "videos", "images", "meta_data"].includes(name))
  const inFolders = folders.slice(0, MAX_FOLDERS).map((name) => `${name}/${INFO}`)
  return new Map([...seen, ...(await files.stat([...DECISIVE, ...inFolders]))])
}

async function withInfo(
  glimpse: Glimpse,
  file: FileEntry,
  found: ReadonlyMap<string, FileEntry>,
): Promise<Recognition> {
  const raw = await readRaw(glimpse, file)
  if (raw instanceof AppError) {
    if (raw.code === "lfs_pointer") return pointerClone(glimpse, file.path)
    const isLayout =
      found.size > 1 || glimpse.first.some(({ path }) => /^(?:data|meta\/episodes)\/[^/]+\/[^/]+\.parquet$/.test(path))
    return isLayout
      ? unsupported(null, raw.message)
      : { recognised: false, reason: lowerFirst(raw.message).replace(/\.$/, "") }
  }
  const verdict = judge(raw, found, glimpse)
  if (!verdict.recognised || !verdict.supported) return verdict
  const pointer = await pointerTable(glimpse)
  return pointer ? pointerClone(glimpse, pointer) : verdict
}

async function readRaw({ files }: Glimpse, file: FileEntry): Promise<Record<string, unknown> | AppError> {
  try {
    return await readInfoJson(files.open(file), new Notes())
  } catch (error) {
    // The Hub's errors pass: they say nothing about the file.
    if (error instanceof AppError && (error.kind === "invalid" || error.kind === "limit")) return error
    throw error
  }
}

/** What an `info.json` that can be read makes of the repository. */
function judge(raw: Record<string, unknown>, found: ReadonlyMap<string, FileEntry>, glimpse: Glimpse): Recognition {
  const version = versionOf(raw)
  const written = raw["codebase_version"]
  if (version?.key === "codebase_version") {
    if (version.major === 1) return version1Of(`${INFO} says codebase_version ${shown(written)}`, `v1.${version.minor}`)
    const name = `v${version.major}.${version.minor}`
    if (version.major !== 2 && version.major !== 3) {
      return unsupported(
        name,
        `${INFO} says codebase_version ${shown(written)}; the versions 2.0, 2.1 and 3.0 can be read.`,
      )
    }
    const nearest = version.major === 2 ? `v2.${Math.min(version.minor, 1)}` : "v3.0"
    const isExact = String(written) === nearest
    const as = isExact ? "" : `, read as ${nearest}`
    return {
      recognised: true,
      supported: true,
      version: nearest,
      reason: `${INFO} says codebase_version ${shown(written)}${as}.`,
    }
  }
  if (written !== undefined && written !== null) {
    const shape = lacks(raw)
    if (shape)
      return {
        recognised: false,
        reason: `codebase_version in ${INFO} is ${shown(written)}, which is no version, and ${shape}`,
      }
    return unsupported(
      null,
      `codebase_version in ${INFO} is ${shown(written)}, which is no version; the versions 2.0, 2.1 and 3.0 can be read.`,
    )
  }
  const shape = lacks(raw)
  if (shape) return { recognised: false, reason: `${INFO} has no codebase_version, and ${shape}` }
  return withoutVersion(raw, found, glimpse)
}

/** Whether an `info.json` without version has LeRobot's shape; else what it lacks, in half a sentence. */
function lacks(raw: Record<string, unknown>): string | undefined {
  const features = raw["features"]
  if (!isRecord(features)) return "its features are no object"
  for (const [key, feature] of Object.entries(features)) {
    if (!isRecord(feature) || typeof feature["dtype"] !== "string" || !Array.isArray(feature["shape"])) {
      return `its feature ${shown(key)} has no dtype and shape as LeRobot writes them`
    }
    if (typeof feature["info"] === "string")
      return `its feature ${shown(key)} has a text as info, which LeRobot never writes`
  }
  const path = raw["data_path"]
  if (typeof path !== "string" || !/\{(?:episode_index|file_index)\b/.test(path)) return "it has no data_path template"
  return undefined
}

function withoutVersion(
  raw: Record<string, unknown>,
  found: ReadonlyMap<string, FileEntry>,
  { first }: Glimpse,
): Recognition {
  const { name, because } = readAs(raw, {
    hasEpisodesTable: found.has("meta/tasks.parquet") || first.some(({ path }) => path.startsWith("meta/episodes/")),
    hasStats: found.has("meta/stats.json"),
    hasEpisodesStats: found.has("meta/episodes_stats.jsonl"),
  })
  const reason = `${INFO} has no codebase_version but LeRobot's features and data_path; ${because}, so it is read as ${name}.`
  return { recognised: true, supported: true, version: name, reason }
}

async function version1(glimpse: Glimpse, info: FileEntry | undefined): Promise<Recognition> {
  const raw = info ? await readRaw(glimpse, info) : undefined
  const written = raw === undefined || raw instanceof AppError ? undefined : raw["codebase_version"]
  const what =
    written === undefined
      ? "It has the layout of LeRobot 1.x (meta_data/)"
      : `meta_data/info.json says codebase_version ${shown(written)}`
  return version1Of(what, typeof written === "string" ? written : "v1.x")
}

const version1Of = (what: string, version: string) =>
  unsupported(
    version,
    `${what}, which no tool of today reads; convert it to 2.0 and on with LeRobot's own scripts (lerobot 0.1–0.3: convert_dataset_v1_to_v2.py), or import the revision of a newer version if there is one.`,
  )

function collection(members: readonly string[], isComplete: boolean): Recognition {
  const named = [...members]
    .sort()
    .slice(0, MAX_NAMED)
    .map((name) => shown(name))
    .join(", ")
  const more = members.length > MAX_NAMED ? ", …" : ""
  const count = `${isComplete ? "" : "at least "}${plural(members.length, "folder")}`
  return unsupported(
    null,
    `It is a collection: ${count} ${members.length === 1 ? "holds" : "hold"} a LeRobot dataset each (${named}${more}), and there is no ${INFO} at the root. Publish a member as a repository of its own to import it.`,
  )
}

/** A table that is a pointer and not itself; videos may be missing, tables may not. */
async function pointerTable({ first, files }: Glimpse): Promise<string | undefined> {
  const isTable = ({ path }: FileEntry) => /^(?:data|meta)\/.*\.(?:parquet|jsonl)$/.test(path)
  // A text of that size may be itself; a Parquet table of that size cannot.
  const candidates = first.filter((file) => isTable(file) && looksLikePointer(file))
  const ordered = candidates.sort((a, b) => Number(b.path.endsWith(".parquet")) - Number(a.path.endsWith(".parquet")))
  for (const file of ordered.slice(0, 3)) if (await isPointer(files, file)) return file.path
  return undefined
}

function pointerClone({ first, complete }: Glimpse, path: string): Recognition {
  const count = first.filter(looksLikePointer).length
  const scope = complete ? `of ${plural(first.length, "file")}` : `of the first ${plural(first.length, "file")}`
  return unsupported(
    null,
    `${path} is a Git LFS pointer, not the file itself; ${count} ${scope} have the size of one. The repository was uploaded from a clone without its large files: run "git lfs pull" there and upload again.`,
  )
}

const unsupported = (version: string | null, reason: string): Recognition => ({
  recognised: true,
  supported: false,
  version,
  reason,
})

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)
