import { AppError } from "../../../error.ts"
import type { FileEntry, Files } from "../../../files/files.ts"
import { parseYaml } from "../../../check/yaml.ts"
import { decodeText, isRecord, kindOf } from "../text.ts"
import { refusePointer } from "./facts-text.ts"

export const README = "README.md"
const MAX_README = 1024 * 1024
const MAX_FRONT = 64 * 1024

/** README.md, as far as rules look at it. */
export type CardFacts = {
  path: string
  /** The copy of info.json that LeRobot puts into it, as text; null where there is none. */
  info: string | null
} & (
  | { front: Readonly<Record<string, unknown>>; problem: null }
  /** No front matter, or none that counts: a sentence that says why. */
  | { front: null; problem: string }
)

/**
 * Reads README.md: one file, whole.
 *
 * @throws AppError `file_missing`, `lfs_pointer` or `too_large`, all with `path`.
 */
export async function cardFacts(files: Files, file: FileEntry | undefined, signal: AbortSignal): Promise<CardFacts> {
  const path = README
  if (!file) throw new AppError("file_missing", `${path} is missing.`, { path })
  const { size } = file
  if (size > MAX_README) {
    throw new AppError("too_large", `${path} is ${size} bytes long; the limit is ${MAX_README}.`, { path })
  }
  const body = size > 0 ? await files.open(file).read(0, size, signal) : new Uint8Array()
  refusePointer(path, body.subarray(0, 64))
  const lines = decodeText(body).text.split(/\r\n|\n|\r/)
  return { path, info: infoBlock(lines), ...frontMatter(lines) }
}

/** What stands between two lines of dashes at the top. */
function frontMatter(lines: readonly string[]) {
  const without = (why: string) => ({ front: null, problem: `The front matter of ${README} does not count: ${why}.` })
  const first = lines.findIndex((line) => line.trim() !== "")
  const end = isRule(lines[first] ?? "") ? lines.findIndex((line, at) => at > first && isRule(line)) : -1
  if (end < 0) return { front: null, problem: `${README} has no front matter.` }
  const text = lines.slice(first + 1, end).join("\n")
  if (text.length > MAX_FRONT) return without(`it is longer than ${MAX_FRONT / 1024} KB`)
  try {
    const front = parseYaml(text) ?? {}
    return isRecord(front) ? { front, problem: null } : without(`it is ${kindOf(front)}`)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return without(error.message)
  }
}

const isRule = (line: string) => line.trimEnd() === "---"

/** The block of JSON that LeRobot writes below a link to meta/info.json. */
function infoBlock(lines: readonly string[]): string | null {
  const link = lines.findIndex((line) => line.startsWith("[meta/info.json]"))
  const start = link < 0 ? -1 : lines.findIndex((line, at) => at > link && line.trim() !== "")
  if (start < 0 || !/^```json\s*$/.test(lines[start]!)) return null
  const end = lines.findIndex((line, at) => at > start && line.startsWith("```"))
  return lines.slice(start + 1, end < 0 ? lines.length : end).join("\n")
}
