export interface Table {
  path: string
  kind: "csv" | "jsonl"
  columns: { name: string; type: string }[]
  /** Rows that were seen whole in the prefix. */
  rows_sampled: number
  /** Whether the prefix was the whole file. */
  complete: boolean
  delimiter?: string
  has_header?: boolean
  problem?: string
}

const MAX_COLUMNS = 200
const MAX_ROWS = 200
const MAX_NAME = 200

/** Columns of a csv or tsv prefix (RFC 4180, any of `,` `;` tab `|`), with the type all sampled values share. */
export function csvTable(path: string, prefix: Uint8Array, complete: boolean): Table {
  const text = decode(prefix)
  if (text === undefined) return broken(path, "csv", complete, "is not UTF-8 text")
  const delimiter = delimiterOf(text)
  const rows = csvRows(text, delimiter, complete)
  const [head, ...rest] = rows
  if (!head) return broken(path, "csv", complete, prefix.length ? "has no whole line in its first 64 KB" : "is empty")

  const has_header = looksLikeHeader(head)
  const body = has_header ? rest : rows
  const columns = head.slice(0, MAX_COLUMNS).map((name, at) => ({
    name: has_header ? name.slice(0, MAX_NAME) : `column_${at}`,
    type: typeOf(body.map((row) => row[at] ?? "")),
  }))
  const table: Table = { path, kind: "csv", columns, rows_sampled: body.length, complete, delimiter, has_header }
  const ragged = body.filter((row) => row.length !== head.length).length
  if (ragged) table.problem = `${ragged} of ${body.length} sampled rows do not have ${head.length} columns`
  return table
}

/** Keys of the objects in a jsonl prefix, with the JSON types seen. */
export function jsonlTable(path: string, prefix: Uint8Array, complete: boolean): Table {
  const text = decode(prefix)
  if (text === undefined) return broken(path, "jsonl", complete, "is not UTF-8 text")
  const lines = text.split("\n")
  if (!complete) lines.pop()
  const types = new Map<string, Set<string>>()
  let rows_sampled = 0
  let bad = 0
  for (const line of lines.slice(0, MAX_ROWS)) {
    if (!line.trim()) continue
    const row = parse(line)
    if (row === undefined) {
      bad++
      continue
    }
    rows_sampled++
    for (const [key, value] of Object.entries(row)) {
      if (types.size < MAX_COLUMNS || types.has(key)) types.set(key, (types.get(key) ?? new Set()).add(jsonType(value)))
    }
  }
  const columns = [...types].map(([name, seen]) => ({
    name: name.slice(0, MAX_NAME),
    type: [...seen].sort().join(" | "),
  }))
  const table: Table = { path, kind: "jsonl", columns, rows_sampled, complete }
  if (bad) table.problem = `${bad} of ${bad + rows_sampled} sampled lines are not JSON objects`
  else if (rows_sampled === 0) table.problem = prefix.length ? "has no whole line in its first 64 KB" : "is empty"
  return table
}

const broken = (path: string, kind: Table["kind"], complete: boolean, problem: string): Table => ({
  path,
  kind,
  columns: [],
  rows_sampled: 0,
  complete,
  problem,
})

/** Strict UTF-8; `stream` forgives a character cut at the prefix's end. */
function decode(prefix: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(prefix, { stream: true })
    return text.includes("\0") ? undefined : text
  } catch {
    return undefined
  }
}

function parse(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return value !== null && typeof value === "object" && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function delimiterOf(text: string): string {
  const line = text.slice(0, text.search(/[\r\n]|$/))
  const counts = [",", ";", "\t", "|"].map((each) => [each, line.split(each).length] as const)
  return counts.reduce((best, each) => (each[1] > best[1] ? each : best))[0]
}

/** The whole rows of the text; the last one counts only when the text is the whole file. */
function csvRows(text: string, delimiter: string, complete: boolean): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let field = ""
  let quoted = false
  for (let at = 0; at < text.length && rows.length <= MAX_ROWS; at++) {
    const char = text[at]!
    if (quoted) {
      if (char !== '"') field += char
      else if (text[at + 1] === '"') field += text[++at]
      else quoted = false
    } else if (char === '"' && field === "") quoted = true
    else if (char === delimiter) {
      row.push(field)
      field = ""
    } else if (char === "\n") {
      row.push(field.replace(/\r$/, ""))
      if (row.length > 1 || row[0] !== "") rows.push(row)
      row = []
      field = ""
    } else field += char
  }
  if (complete && (row.length || field)) rows.push([...row, field.replace(/\r$/, "")])
  return rows
}

/** A header is a first row of distinct, non-numeric names; a table of words alone is given the benefit of the doubt. */
const looksLikeHeader = (head: string[]) =>
  head.every((name) => name.trim() !== "" && !isNumber(name)) && new Set(head).size === head.length

const isNumber = (value: string) => value.trim() !== "" && Number.isFinite(Number(value))

function typeOf(values: string[]): string {
  const filled = values.filter((value) => value.trim() !== "")
  if (filled.length === 0) return "unknown"
  if (filled.every((value) => /^[+-]?\d+$/.test(value.trim()))) return "integer"
  if (filled.every((value) => isNumber(value) || /^[+-]?(nan|inf(inity)?)$/i.test(value.trim()))) return "number"
  if (filled.every((value) => /^(true|false)$/i.test(value.trim()))) return "boolean"
  return "string"
}

const jsonType = (value: unknown): string => {
  if (value === null) return "null"
  if (Array.isArray(value)) return "array"
  return typeof value === "number" && Number.isInteger(value) ? "integer" : typeof value
}
