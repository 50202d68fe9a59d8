import { sql } from "drizzle-orm"
import { expect, test } from "vitest"
import { useDatabase } from "../../test/database.ts"
import { migrations } from "../../test/migrations.ts"
import { Database } from "./database.ts"
import { ready } from "./ready.ts"

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

test("a migration while connections are open costs nobody anything, in a transaction or not", async () => {
  await database.admin`create table migrated (id int)`
  const read = () => Database.use().execute(sql`select * from migrated where id <> ${0}`)
  const inTransaction = () => Database.transaction(async () => [await one(), await read()])
  // Prepared on both connections.
  await Promise.all([inTransaction(), inTransaction()])
  await database.admin`alter table migrated add column more int`
  await database.admin`insert into migrated values (1, 2)`
  expect(await Promise.all([inTransaction(), inTransaction()])).toMatchObject([
    [1, [{ id: 1, more: 2 }]],
    [1, [{ id: 1, more: 2 }]],
  ])
  await database.admin`alter table migrated drop column more`
  expect(await Promise.all([read(), read()])).toEqual([[{ id: 1 }], [{ id: 1 }]])
  await database.admin`drop table migrated`
})

test("a statement that was built for one pool is built again for the next, and within each transaction", async () => {
  let times = 0
  const statement = Database.built((what: string) => {
    times++
    return Database.use()
      .select({ n: sql<number>`${sql.placeholder("n")}::int`, what: sql<string>`${what}::text` })
      .from(sql`(select 1) as one`)
      .prepare("one")
  })
  for (const n of [1, 2]) expect(await statement("a").execute({ n })).toEqual([{ n, what: "a" }])
  expect(await statement("b").execute({ n: 3 })).toEqual([{ n: 3, what: "b" }])
  expect(times).toBe(2)
  const inTransaction = () => Database.transaction(() => statement("a").execute({ n: 4 }))
  expect(await inTransaction()).toEqual([{ n: 4, what: "a" }])
  expect(await inTransaction()).toEqual([{ n: 4, what: "a" }])
  expect(times).toBe(4)
  await Database.connectTo(database.url)
  expect(await statement("a").execute({ n: 5 })).toEqual([{ n: 5, what: "a" }])
  expect(times).toBe(5)
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
    expect(await Promise.all([1, 2, 3].map(() => Database.retrying(one)))).toEqual([1, 1, 1])
    expect(performance.now() - start).toBeLessThan(3000)
  }
})

test("when a session dies under a transaction, nobody gets another's answer", async () => {
  const numbered = async (n: number) => (await Database.use().execute<{ n: number }>(sql`select ${n}::int as n`))[0]?.n
  for (let round = 0; round < 10; round++) {
    const others: Promise<number | undefined>[] = []
    let runs = 0
    const late = Database.transaction(async () => {
      const [row] = await Database.use().execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
      if (runs++ === 0) {
        await database.admin`select pg_terminate_backend(${row!.pid})`
        await new Promise((resolve) => setTimeout(resolve, round))
      }
      return numbered(404)
    })
    // Its connection is opened anew for these while the transaction does not know yet.
    for (let n = 0; n < 8; n++) others.push(Database.retrying(() => numbered(n)))
    expect(await late).toBe(404)
    expect(await Promise.all(others)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  }
}, 60_000)

test("no statement may run for ever", async () => {
  await expect(Database.use().execute(sql`select pg_sleep(20)`)).rejects.toMatchObject({ cause: { code: "57014" } })
}, 10_000)

test("readiness names the number of migrations", async () => {
  expect(await ready()).toEqual({ ready: true, migration: migrations.length, reason: null })
})

test("readiness answers no when there is no database, within two seconds", async () => {
  await Database.connectTo("postgres://app@127.0.0.1:9/none")
  const start = performance.now()
  expect(await ready()).toMatchObject({ ready: false, migration: null, reason: expect.any(String) })
  expect(performance.now() - start).toBeLessThan(2000)
  await Database.connectTo(database.url)
})
