import { AppError } from "../../error.ts"
import type { Bytes } from "../../files/files.ts"
import { draftFeatures } from "./draft.ts"
import { parseFeatures, type Feature } from "./feature.ts"
import { shown, type Notes } from "./notes.ts"
import { isTemplate, parseTemplate, type Template } from "./template.ts"
import { versionOf, type Version } from "./version.ts"
import { decodeText, isRecord, kindOf, parseJson } from "./text.ts"

const MAX_INFO = 8 * 1024 * 1024
/** Frames a second beyond which a number is no frame rate: no sensor records faster. */
const MAX_FPS = 100_000
const MAX_CHUNK_SIZE = 10_000_000

/** `meta/info.json` made certain: what is not usable is null, and a note says why. */
export interface Info {
  raw: Readonly<Record<string, unknown>>
  version: Version | null
  robot_type: string | null
  fps: number | null
  total_episodes: number | null
  total_frames: number | null
  total_tasks: number | null
  chunks_size: number | null
  data_path: Template | null
  video_path: Template | null
  features: Feature[]
}

/**
 * Reads and parses an `info.json` in one request.
 *
 * @throws AppError `dataset_malformed`, `lfs_pointer` or `too_large`, all with `path`.
 */
export async function readInfoJson(bytes: Bytes, notes: Notes, signal?: AbortSignal): Promise<Record<string, unknown>> {
  const { path, size } = bytes
  if (size > MAX_INFO)
    throw new AppError("too_large", `${path} is ${size} bytes long; the limit is ${MAX_INFO}.`, { path })
  if (size === 0) throw new AppError("dataset_malformed", `${path} is empty.`, { path })
  const { text, isUtf8 } = decodeText(await bytes.read(0, size, signal))
  if (text.startsWith("version https://git-lfs")) {
    throw new AppError("lfs_pointer", `${path} is a Git LFS pointer, not the file itself.`, { path })
  }
  if (!isUtf8) notes.add(`${path} is not UTF-8; it was read as windows-1252, so special characters may be wrong.`)
  let value: unknown
  try {
    value = parseJson(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError("dataset_malformed", `${path} is not valid JSON: ${reason.slice(0, 200)}.`, { path, cause })
  }
  if (!isRecord(value))
    throw new AppError("dataset_malformed", `${path} holds ${kindOf(value)}, not an object.`, { path })
  return value
}

export function parseInfo(raw: Readonly<Record<string, unknown>>, notes: Notes): Info {
  return {
    raw,
    version: versionOf(raw),
    robot_type: robotType(raw, notes),
    fps: frameRate(raw["fps"], "meta/info.json: fps", notes),
    total_episodes: count(raw, "total_episodes", notes),
    total_frames: count(raw, "total_frames", notes),
    total_tasks: count(raw, "total_tasks", notes),
    chunks_size: chunkSize(raw, notes),
    data_path: template(raw, "data_path", notes),
    video_path: template(raw, "video_path", notes),
    features: parseFeatures(draftFeatures(raw, notes) ?? raw["features"], notes),
  }
}

/** A frame rate in Hz, or null with a note. Text that is a number is taken as one. */
export function frameRate(value: unknown, what: string, notes: Notes): number | null {
  if (value === undefined || value === null) return null
  const isText = typeof value === "string" && /^\d+(\.\d+)?$/.test(value.trim())
  const rate = isText ? Number(value) : value
  if (typeof rate !== "number" || !(rate > 0 && rate <= MAX_FPS)) {
    notes.add(`${what} is ${shown(value)}, which is no frame rate; it is treated as unknown.`)
    return null
  }
  if (isText) notes.add(`${what} is the text ${shown(value)}; it was read as the number ${rate}.`)
  return rate
}

function count(raw: Readonly<Record<string, unknown>>, key: string, notes: Notes): number | null {
  const value = raw[key]
  if (value === undefined || value === null) return null
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value
  notes.add(`meta/info.json: ${key} is ${shown(value)}, which is no count; it is treated as unknown.`)
  return null
}

function chunkSize(raw: Readonly<Record<string, unknown>>, notes: Notes): number | null {
  const value = raw["chunks_size"]
  if (value === undefined || value === null) return null
  if (typeof value === "number" && Number.isInteger(value) && value > 0 && value <= MAX_CHUNK_SIZE) return value
  notes.add(`meta/info.json: chunks_size is ${shown(value)}, which is no size of a chunk; it is treated as unknown.`)
  return null
}

function robotType(raw: Readonly<Record<string, unknown>>, notes: Notes): string | null {
  const value = raw["robot_type"]
  if (typeof value === "string" && value.trim() !== "") return value.slice(0, 200)
  if (value === undefined || value === null || value === "") notes.add("meta/info.json states no robot_type.")
  else notes.add(`meta/info.json: robot_type is ${shown(value)}, which is no name; it is treated as unknown.`)
  return null
}

function template(raw: Readonly<Record<string, unknown>>, key: string, notes: Notes): Template | null {
  const value = raw[key]
  if (value === undefined || value === null) return null
  const parsed = parseTemplate(value)
  if (isTemplate(parsed)) return parsed
  notes.add(`meta/info.json: ${key} ${shown(value)} ${parsed.problem}; files are found by their names.`)
  return null
}
