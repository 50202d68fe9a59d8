const MAX_TEMPLATE = 1024
const MAX_PATH = 1024
const PLACEHOLDER = /\{([A-Za-z_][A-Za-z0-9_]*)(?::([^{}]*))?\}/g
/** Python's format of integers as far as paths use it: `d`, `3d`, `03d`, `03`. */
const NUMBER_FORMAT = /^(0?)(\d{0,2})d?$/

export type TemplateValues = Readonly<Record<string, number | string | undefined>>

/** A Python path template such as `data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet`. */
export interface Template {
  text: string
  placeholders: string[]
  /** The path; undefined when a placeholder has no value or the result is no path inside the repository. */
  fill(values: TemplateValues): string | undefined
}

/** Parses a template, or says in half a sentence why it is none. */
export function parseTemplate(text: unknown): Template | { problem: string } {
  if (typeof text !== "string") return { problem: "is no text" }
  if (text.length > MAX_TEMPLATE) return { problem: `is longer than ${MAX_TEMPLATE} characters` }
  const parts: (string | { name: string; isZero: boolean; width: number })[] = []
  let copied = 0
  for (const match of text.matchAll(PLACEHOLDER)) {
    const format = NUMBER_FORMAT.exec(match[2] ?? "")
    if (!format) return { problem: `has a placeholder that is not understood: ${match[0]}` }
    parts.push(text.slice(copied, match.index))
    parts.push({ name: match[1]!, isZero: format[1] === "0", width: Number(format[2]) })
    copied = match.index + match[0].length
  }
  parts.push(text.slice(copied))
  if (parts.some((part) => typeof part === "string" && /[{}]/.test(part))) return { problem: "has a stray brace" }
  const placeholders = parts.flatMap((part) => (typeof part === "string" ? [] : [part.name]))

  return {
    text,
    placeholders,
    fill(values) {
      let path = ""
      for (const part of parts) {
        if (typeof part === "string") {
          path += part
          continue
        }
        const value = Object.hasOwn(values, part.name) ? values[part.name] : undefined
        if (value === undefined) return undefined
        path += String(value).padStart(part.width, part.isZero ? "0" : " ")
      }
      return isInside(path) ? path : undefined
    },
  }
}

export const isTemplate = (template: Template | { problem: string }): template is Template => "fill" in template

/** One of ours, which is one. */
export function builtIn(text: string): Template {
  const template = parseTemplate(text)
  if (!isTemplate(template)) throw new Error(`the built-in template ${text} ${template.problem}`)
  return template
}

/** A relative POSIX path that stays inside the repository. */
function isInside(path: string): boolean {
  if (path.length === 0 || path.length > MAX_PATH || /[\0\\]/.test(path)) return false
  return path.split("/").every((segment) => segment !== "" && segment !== "." && segment !== "..")
}
