const MAX_DEPTH = 64
const strict = new TextDecoder("utf-8", { fatal: true })
/** What Python's platform encoding is on western Windows; every byte means something in it. */
const fallback = new TextDecoder("windows-1252")

/** UTF-8 with or without byte order mark, else windows-1252, which the caller should mention. */
export function decodeText(bytes: Uint8Array): { text: string; isUtf8: boolean } {
  try {
    return { text: strict.decode(bytes), isUtf8: true }
  } catch {
    return { text: fallback.decode(bytes), isUtf8: false }
  }
}

/**
 * JSON as Python writes it: bare `NaN`, `Infinity` and `-Infinity` are numbers. Nesting is limited to 64.
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  const { plain, hasTokens } = withoutTokens(text)
  if (!hasTokens) return JSON.parse(plain) as unknown
  return JSON.parse(plain, (_, value: unknown) =>
    typeof value === "string" ? (TOKENS.get(value) ?? value) : value,
  ) as unknown
}

// A control character, which JSON allows in a string only escaped, marks what no file can contain by itself.
const MARK = "\\u0000token:"
const TOKENS = new Map([
  ["\0token:NaN", NaN],
  ["\0token:Infinity", Infinity],
  ["\0token:-Infinity", -Infinity],
] as [string, number][])

/** One pass over the text: bare tokens become marked strings, and depth is counted. */
function withoutTokens(text: string): { plain: string; hasTokens: boolean } {
  const parts: string[] = []
  let copied = 0
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (char === '"') {
      at = endOfString(text, at)
    } else if (char === "{" || char === "[") {
      if (++depth > MAX_DEPTH) throw new SyntaxError(`it nests deeper than ${MAX_DEPTH}`)
    } else if (char === "}" || char === "]") {
      depth--
    } else if (char === "N" || char === "I" || (char === "-" && text[at + 1] === "I")) {
      const token = ["NaN", "Infinity", "-Infinity"].find((each) => text.startsWith(each, at))
      if (!token) continue
      parts.push(text.slice(copied, at), `"${MARK}${token}"`)
      copied = at + token.length
      at = copied - 1
    }
  }
  return parts.length
    ? { plain: parts.join("") + text.slice(copied), hasTokens: true }
    : { plain: text, hasTokens: false }
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++
    else if (text[at] === '"') return at
  }
  return text.length
}

/** Every string made storable: no NUL, no half of a surrogate pair. Non-finite numbers become null. */
export function storable<T>(value: T): T {
  if (typeof value === "string") return value.toWellFormed().replaceAll("\0", "\uFFFD") as T
  if (typeof value === "number") return (Number.isFinite(value) ? value : null) as T
  if (Array.isArray(value)) return value.map(storable) as T
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [storable(key), storable(each)])) as T
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const kindOf = (value: unknown): string =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "a list"
      : typeof value === "object"
        ? "an object"
        : `a ${typeof value}`
