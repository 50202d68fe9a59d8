import { shown } from "./notes.ts"

export interface Version {
  /** As written, whatever its type. */
  written: unknown
  /** The key it came from: `codebase_version`, or `version` in lerobot.js. */
  key: string
  major: number
  minor: number
}

/** Which of the names that tell versions apart exist. */
export interface Traces {
  hasEpisodesTable: boolean
  hasStats: boolean
  hasEpisodesStats: boolean
}

/** The version a dataset is read as, and where that comes from, as the middle of a sentence. */
export interface ReadAs {
  major: 2 | 3
  name: "v2.0" | "v2.1" | "v3.0"
  because: string
}

export function versionOf(raw: Readonly<Record<string, unknown>>): Version | null {
  for (const key of ["codebase_version", "version"]) {
    const written = raw[key]
    if (written === undefined || written === null) continue
    const match = /^v?(\d{1,3})(?:\.(\d{1,3}))?(?:\.\d+)*$/i.exec(String(written).trim())
    if (match) return { written, key, major: Number(match[1]), minor: Number(match[2] ?? 0) }
    if (key === "codebase_version") return null
  }
  return null
}

/** The version whose rules fit: the declared one if it is of a kind that exists, else what templates and files say. */
export function readAs(raw: Readonly<Record<string, unknown>>, traces: Traces): ReadAs {
  const version = versionOf(raw)
  if (version?.major === 3)
    return { major: 3, name: "v3.0", because: `its ${version.key} is ${shown(version.written)}` }
  if (version?.major === 2) {
    const name = version.minor === 0 ? "v2.0" : "v2.1"
    return { major: 2, name, because: `its ${version.key} is ${shown(version.written)}` }
  }
  const path = String(raw["data_path"]).slice(0, 200)
  if (traces.hasEpisodesTable || /\{file_index\b/.test(path)) {
    return { major: 3, name: "v3.0", because: "its data_path and files are those of version 3" }
  }
  const name = traces.hasStats && !traces.hasEpisodesStats ? "v2.0" : "v2.1"
  return { major: 2, name, because: "its data_path and files are those of version 2" }
}
