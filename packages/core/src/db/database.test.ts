import { sql } from "drizzle-orm"
import { expect, test } from "vitest"
import { useDatabase } from "../../test/database.ts"
import { Database } from "./database.ts"
import { ready } from "./ready.ts"
import journal from "../../migrations/meta/_journal.json" with { type: "json" }

const database = useDatabase()
const one = async () => (await Database.use().execute<{ n: number }>(sql`select 1 as n`))[0]!.n

test("effects run after the commit, in order, and never after a rollback", async () => {
  const seen: string[] = []
  await Database.transaction(async () => {
    await Database.afterCommit(() => seen.push("first"))
    await Database.transaction(() => Database.afterCommit(() => seen.push("second")))
    seen.push("body")
  })
  expect(seen).toEqual(["body", "first", "second"])
  const failing = Database.transaction(async () => {
    await Database.afterCommit(() => seen.push("never"))
    throw new Error("no")
  })
  await expect(failing).rejects.toThrow("no")
  expect(seen).not.toContain("never")
})

test("an effect that fails does not undo or hide what was committed", async () => {
  const later: number[] = []
  const result = await Database.transaction(async () => {
    await Database.afterCommit(() => {
      throw new Error("queue down")
    })
    await Database.afterCommit(() => later.push(1))
    return "committed"
  })
  expect(result).toBe("committed")
  expect(later).toEqual([1])
})

test("transactions side by side do not see into each other", async () => {
  const pids = await Promise.all(
    [1, 2].map(() =>
      Database.transaction(async () => {
        const [row] = await Database.use().execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
        await new Promise((resolve) => setTimeout(resolve, 50))
        return row!.pid
      }),
    ),
  )
  expect(new Set(pids).size).toBe(2)
})

test("a session the server closed is replaced without anybody noticing", async () => {
  await one()
  await database.admin`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'robokit' and datname = current_database()`
  expect(await Database.retrying(one)).toBe(1)
  expect(await Database.transaction(one)).toBe(1)
})

test("a transaction whose session dies under it is done again, once", async () => {
  let runs = 0
  const result = await Database.transaction(async () => {
    runs++
    const [row] = await Database.use().execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
    if (runs === 1) await database.admin`select pg_terminate_backend(${row!.pid})`
    return one()
  })
  expect(result).toBe(1)
  expect(runs).toBe(2)
})

test("a statement after its session died is refused, takes nothing else down, and the next connection works", async () => {
  for (const pause of [0, 30]) {
    const late = Database.use().transaction(async (tx) => {
      const [row] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
      await database.admin`select pg_terminate_backend(${row!.pid})`
      await new Promise((resolve) => setTimeout(resolve, pause))
      return tx.execute(sql`select 1`)
    })
    await expect(late).rejects.toThrow()
    const start = performance.now()
    expect(await Promise.all([one(), one(), one()])).toEqual([1, 1, 1])
    expect(performance.now() - start).toBeLessThan(3000)
  }
})

test("no statement may run for ever", async () => {
  await expect(Database.use().execute(sql`select pg_sleep(20)`)).rejects.toMatchObject({ cause: { code: "57014" } })
}, 10_000)

test("readiness names the number of migrations", async () => {
  expect(await ready()).toEqual({ ready: true, migration: journal.entries.length, reason: null })
})

test("readiness answers no when there is no database, within two seconds", async () => {
  await Database.connectTo("postgres://app@127.0.0.1:9/none")
  const start = performance.now()
  expect(await ready()).toMatchObject({ ready: false, migration: null, reason: expect.any(String) })
  expect(performance.now() - start).toBeLessThan(2000)
  await Database.connectTo(database.url)
})
