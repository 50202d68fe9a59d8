import { plural, shown, type Notes } from "./notes.ts"
import { isRecord, kindOf } from "./text.ts"

const MAX_FEATURES = 2000
const MAX_DIMENSIONS = 16
const MAX_SIZE = 2 ** 31
const MAX_NAMES = 65_536

/** One entry of `features`. */
export interface Feature {
  key: string
  dtype: string | null
  /** Null for a dimension that is not a size (ragged, or nonsense). */
  shape: (number | null)[]
  /** A name per value of a vector, flattened from lists and maps; null when there is none or their number differs. */
  names: string[] | null
  /** All names found, whatever their number: axes of an image, for one. */
  labels: string[]
  unit: string | null
  /** `info`, `video_info`: what was written about a video. */
  videoInfo: Readonly<Record<string, unknown>>[]
  raw: Readonly<Record<string, unknown>>
}

export function parseFeatures(value: unknown, notes: Notes): Feature[] {
  if (value === undefined || value === null) {
    notes.add("meta/info.json declares no features, so cameras, sensors and actions are not known.")
    return []
  }
  if (!isRecord(value)) {
    notes.add(
      `meta/info.json: features is ${kindOf(value)}, not an object, so cameras, sensors and actions are not known.`,
    )
    return []
  }
  const entries = Object.entries(value)
  if (entries.length === 0) {
    notes.add("meta/info.json declares no features, so no cameras, sensors or actions are listed.")
  }
  if (entries.length > MAX_FEATURES) {
    notes.add(`meta/info.json declares ${entries.length} features; the first ${MAX_FEATURES} were read.`)
  }
  const features: Feature[] = []
  for (const [key, raw] of entries.slice(0, MAX_FEATURES)) {
    const shortKey = key.slice(0, 256)
    if (isRecord(raw)) features.push(parseFeature(shortKey, raw, notes))
    else notes.add(`Feature ${shown(shortKey)} is ${kindOf(raw)}, not an object; it was left out.`)
  }
  return features
}

function parseFeature(key: string, raw: Record<string, unknown>, notes: Notes): Feature {
  const where = `Feature ${shown(key)}`
  const shape = parseShape(raw["shape"], where, notes)
  const labels = flatten(raw["names"] ?? raw["name"])
  if (raw["names"] === undefined && labels.length) notes.add(`${where} has its names under "name", not "names".`)
  return {
    key,
    dtype: dtypeOf(raw["dtype"], where, notes),
    shape,
    names: namesFor(shape, labels, where, raw["dtype"], notes),
    labels,
    unit: typeof raw["unit"] === "string" ? raw["unit"].slice(0, 40) : null,
    videoInfo: [raw["info"], raw["video_info"]].flatMap((each) => {
      if (isRecord(each)) return [each]
      if (each !== undefined && each !== null) notes.add(`${where} has ${kindOf(each)} where its video info belongs.`)
      return []
    }),
    raw,
  }
}

function dtypeOf(value: unknown, where: string, notes: Notes): string | null {
  if (typeof value === "string" && value !== "") return value.slice(0, 64)
  notes.add(
    `${where} has ${value === undefined ? "no dtype" : `the dtype ${shown(value)}`}, so what it holds is not known.`,
  )
  return null
}

function parseShape(value: unknown, where: string, notes: Notes): (number | null)[] {
  const list = Array.isArray(value) ? (value as unknown[]) : typeof value === "number" ? [value] : undefined
  if (!list) {
    notes.add(`${where} has ${value === undefined ? "no shape" : `the shape ${shown(value)}`}.`)
    return []
  }
  const shape = list
    .slice(0, MAX_DIMENSIONS)
    .map((size) => (typeof size === "number" && Number.isInteger(size) && size >= 0 && size <= MAX_SIZE ? size : null))
  if (list.length > MAX_DIMENSIONS || shape.includes(null)) {
    notes.add(`${where} has the shape ${shown(value)}; sizes that are no whole number are null.`)
  }
  return shape
}

/** Names of the values of a vector. Of anything else, names are of its axes and not of its values. */
function namesFor(shape: (number | null)[], labels: string[], where: string, dtype: unknown, notes: Notes) {
  if (labels.length === 0 || dtype === "video" || dtype === "image") return null
  if (shape.length === 1 && labels.length === shape[0]) return labels
  if (shape.length <= 1) {
    notes.add(`${where} has ${plural(labels.length, "name")} for the shape ${shown(shape)}; they were not used.`)
  }
  return null
}

/** Strings of nested lists and maps, depth first; a map from name to position counts by its keys. */
function flatten(value: unknown): string[] {
  const names: string[] = []
  const walk = (each: unknown, depth: number) => {
    if (names.length >= MAX_NAMES || depth > 16) return
    if (typeof each === "string") names.push(each.slice(0, 200))
    else if (Array.isArray(each)) for (const inner of each as unknown[]) walk(inner, depth + 1)
    else if (isRecord(each)) {
      for (const [key, inner] of Object.entries(each)) {
        if (typeof inner === "number" || inner === null) names.push(key.slice(0, 200))
        else walk(inner, depth + 1)
      }
    }
  }
  walk(value, 0)
  return names
}
