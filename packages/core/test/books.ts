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

/** The same by the budgets: of all by day, and of the tenants by day and by month. They can differ by a mistake only. */
export async function booksOfBudgets(): Promise<Books[]> {
  const spent = "coalesce(sum(spent_micros), 0)"
  return Promise.all([
    sums(spent, "budget where tenant_id = 0 and period = 'day'"),
    sums(spent, "budget where tenant_id <> 0 and period = 'day'"),
    sums(spent, "budget where tenant_id <> 0 and period = 'month'"),
  ])
}
