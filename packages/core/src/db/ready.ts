import { sql } from "drizzle-orm"
import { use } from "./database.ts"
import { codeOf } from "./failure.ts"

const LIMIT_MS = 1000

export interface Readiness {
  ready: boolean
  /** Number of migrations applied; null when the database did not say. */
  migration: number | null
  /** Why not, without hosts or names. */
  reason: string | null
}

/** Asks the database, for one second at most. Never throws: not being ready is the answer. */
export async function ready(): Promise<Readiness> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<"late">((resolve) => (timer = setTimeout(resolve, LIMIT_MS, "late")))
  try {
    const answer = await Promise.race([ask(), late])
    if (answer === "late") return { ready: false, migration: null, reason: "The database did not answer within 1 s." }
    return { ready: true, migration: answer, reason: null }
  } catch (error) {
    const isUnmigrated = ["42P01", "3F000"].includes(codeOf(error) ?? "")
    return {
      ready: false,
      migration: null,
      reason: isUnmigrated ? "The database has no schema yet." : "The database cannot be reached.",
    }
  } finally {
    clearTimeout(timer)
  }
}

async function ask() {
  const [row] = await use().execute<{ applied: number }>(
    sql`select count(*)::int as applied from drizzle.__drizzle_migrations`,
  )
  return row!.applied
}
