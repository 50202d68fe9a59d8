import { sql } from "drizzle-orm"
import { use } from "../src/db/database.ts"

export interface Books {
  reserved: number
  spent: number
}

const sums = async (columns: string, from: string): Promise<Books> => {
  const [row] = await use().execute<{ reserved: string; spent: string }>(
    sql.raw(`select coalesce(sum(reserved_micros), 0) as reserved, ${columns} as spent from ${from}`),
  )
  return { reserved: Number(row!.reserved), spent: Number(row!.spent) }
}

/** What the jobs there are have reserved and spent, in micros. */
export const booksOfJobs = () => sums("coalesce(sum(spent_micros), 0)", "job")

/** The same as it is counted for budgets. They can differ by a mistake only. */
export const booksOfBudgets = () => sums("coalesce(sum(spent_micros), 0)", "spending")
