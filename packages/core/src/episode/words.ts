import { type SQL, type SQLWrapper, sql } from "drizzle-orm"
import { storable } from "../db/columns.ts"

/** Shorter texts have no trigram of their own: an index of them would be read as a whole. */
const TRIGRAM = 3
const MAX_WORDS = 16

/** A question in the forms the indexes answer; null when nothing in it can be looked for. */
export interface Question {
  text: string
  /** Every word, also as the beginning of a longer one. Letters and digits only, so that no operator gets through. */
  words: string | null
  /** For `ilike`; null when too short. */
  pattern: string | null
  /** Words long enough to be recognised misspelt. */
  like: string[]
}

export function questionOf(given: string): Question | null {
  const text = storable(given).trim()
  const found = (text.match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, MAX_WORDS)
  const words = found.length > 0 ? found.map((word) => `${word}:*`).join(" & ") : null
  const isLong = [...text].length >= TRIGRAM
  const pattern = isLong ? `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%` : null
  const like = found.filter((word) => [...word].length >= TRIGRAM)
  return words === null && pattern === null ? null : { text, words, pattern, like }
}

interface Columns {
  words: SQLWrapper
  searched: SQLWrapper
}

/** Rows that have every word, or the text as it stands. */
export const contains = (columns: Columns, question: Question): SQL =>
  sql`(${sql.join(exact(columns, question), sql` or `)})`

/** As above, and rows with a text like it: misspelt words. */
export function resembles({ words, searched }: Columns, question: Question): SQL {
  const all = exact({ words, searched }, question)
  if (question.like.length > 0) {
    const each = question.like.map((word) => sql`${word} <% ${searched}`)
    all.push(sql`(${sql.join(each, sql` and `)})`)
  }
  return sql`(${sql.join(all, sql` or `)})`
}

function exact({ words, searched }: Columns, question: Question): SQL[] {
  const all: SQL[] = []
  if (question.words !== null) all.push(sql`${words} @@ to_tsquery('simple', ${question.words})`)
  if (question.pattern !== null) all.push(sql`${searched} ilike ${question.pattern}`)
  return all
}

/** 0 and more; how well a row fits. */
export const scoreOf = ({ words, searched }: Columns, question: Question): SQL<number> =>
  sql<number>`(${question.words === null ? sql`0` : sql`ts_rank(${words}, to_tsquery('simple', ${question.words}))`}
    + word_similarity(${question.text}, ${searched}))::float8`
