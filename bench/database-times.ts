import postgres from "postgres"

const ROLE = "bench"

export interface DatabaseTimes {
  /** A client of its own role, whose statements do not count. */
  sql: postgres.Sql
  /** Statements so far of everybody else, and what the server spent on them in ms. */
  read(): Promise<{ statements: number; ms: number }>
}

/** What the server itself says it did (`pg_stat_statements`, which must be loaded). */
export async function watchDatabase(url: string): Promise<DatabaseTimes> {
  const owner = postgres(url, { max: 1, onnotice: () => {} })
  await owner.unsafe(`create extension pg_stat_statements; create role ${ROLE} superuser login`)
  await owner.end()
  const sql = postgres(url, { max: 1, username: ROLE })
  return {
    sql,
    async read() {
      const [row] = await sql`select coalesce(sum(calls), 0)::int as statements,
        coalesce(sum(total_exec_time + total_plan_time), 0)::float8 as ms
        from pg_stat_statements where userid <> ${ROLE}::regrole`
      return { statements: row!.statements as number, ms: row!.ms as number }
    },
  }
}
