import { type SQL, sql } from "drizzle-orm"
import { drizzle } from "drizzle-orm/postgres-js"
import { expect, test } from "vitest"
import { useDatabase } from "../../test/database.ts"
import { catchMessages, importDataset } from "../../test/engine.ts"
import { use } from "../db/database.ts"
import { Episode } from "./episode.ts"
import { episodeTable, taskTable } from "./episode.sql.ts"
import { hits } from "./search.ts"
import { questionOf } from "./words.ts"

const database = useDatabase()

/** Thirty indexed datasets of two thousand episodes, each with a task of its own. */
async function fill() {
  catchMessages()
  for (let at = 0; at < 30; at++) await importDataset()
  const db = drizzle(database.admin)
  await db.execute(sql`insert into job (dataset_id, job_type, job_version, params, params_hash, status, state_detail, progress, started_at, completed_at, result)
    select id, 'indexing', 1, '{}', repeat('a', 64), 'completed', 'completed', 100, now(), now(), '{}' from dataset`)
  await db.execute(sql`insert into episode (dataset_id, job_id, episode_index, place, length, tasks, searched, videos, flags)
    select dataset_id, job.id, n, n, n % 100, '[]', 'pick thing ' || md5(dataset_id::text || n::text), '[]', '[]'
    from job, generate_series(0, 1999) as n where job_type = 'indexing'`)
  await db.execute(sql`insert into task (dataset_id, job_id, place, task_index, task)
    select dataset_id, job_id, place, place, searched from episode`)
  await db.execute(sql`analyze`)
}

async function planOf(statement: SQL) {
  const rows = await use().execute<{ "QUERY PLAN": string }>(sql`explain ${statement}`)
  return rows.map((row) => row["QUERY PLAN"]).join("\n")
}

test("neither the search nor a page of a list reads a whole table", async () => {
  await fill()
  const rare = questionOf("a1b2c3")!
  for (const [table, words, searched] of [
    [episodeTable, episodeTable.words, episodeTable.searched],
    [taskTable, taskTable.words, taskTable.task],
  ] as const) {
    const plan = await planOf(hits({ table, words, searched }, sql`${table.place}`, rare, 20))
    expect(plan).not.toMatch(/Seq Scan on (episode|task)\b/)
    expect(plan).toMatch(/_words_idx/)
    expect(plan).toMatch(/_trigram_idx/)
  }
  for (const order of [sql`episode_index`, sql`length, episode_index`, sql`length desc, episode_index desc`]) {
    const plan = await planOf(
      sql`select * from episode where dataset_id = 3 and job_id = 33 order by ${order} limit 100`,
    )
    expect(plan).not.toMatch(/Seq Scan|Sort/)
  }
  const { rows, total } = await Episode.list(3, { skip: 1900, limit: 10 }, { sort: "-length" })
  expect([rows.length, total]).toEqual([10, 2000])
  const found = await Episode.search(rows[0]!.tasks[0] ?? "pick thing", { limit: 5 })
  expect(found.episodes).toHaveLength(5)
})
