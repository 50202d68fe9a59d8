import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import postgres from "postgres"
import { afterEach, beforeEach, expect, test } from "vitest"
import { isPostgres } from "./port.ts"
import { type Postgres, startPostgres } from "./postgres.ts"
import { isAlive, waitForExit } from "./process.ts"

let home: string
const started: Postgres[] = []
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "robokit-pg-"))
})
afterEach(async () => {
  for (const each of started.splice(0)) await each.stop()
  rmSync(home, { recursive: true, force: true })
})

const start = async (durable = false) => {
  const server = await startPostgres({ data_dir: join(home, "pg"), durable })
  started.push(server)
  return server
}
const ask = async <T>(url: string, query: string) => {
  const sql = postgres(url, { max: 1, onnotice() {} })
  try {
    return (await sql.unsafe(query)) as unknown as T[]
  } finally {
    await sql.end()
  }
}

test("a new server is PostgreSQL 18 and keeps its rows over a clean stop", async () => {
  const first = await start()
  const [row] = await ask<{ n: number }>(first.url, "select current_setting('server_version_num')::int n")
  expect(row!.n).toBeGreaterThanOrEqual(180_000)
  await ask(first.url, "create table kept as select 7 n")
  await first.stop()
  expect(isAlive(first.pid)).toBe(false)
  const second = await start()
  expect(second.adopted).toBe(false)
  expect(await ask(second.url, "select n from kept")).toEqual([{ n: 7 }])
})

test("a server whose parent was killed is adopted, not started twice", async () => {
  const first = await start()
  const second = await start()
  expect(second).toMatchObject({ adopted: true, pid: first.pid, url: first.url })
  await second.stop()
  expect(isAlive(first.pid)).toBe(false)
})

test("a server that was killed with -9 starts again at once with its rows", async () => {
  const first = await start(true)
  await ask(first.url, "create table kept as select 8 n")
  process.kill(first.pid, "SIGKILL")
  await waitForExit(first.pid, 5000)
  const second = await start(true)
  expect(second.adopted).toBe(false)
  expect(await ask(second.url, "select n from kept")).toEqual([{ n: 8 }])
})

test("a creation that was cut off half-way is begun again", async () => {
  mkdirSync(join(home, "pg.new", "base"), { recursive: true })
  await start()
  expect(existsSync(join(home, "pg.new"))).toBe(false)
  expect(readdirSync(join(home, "pg"))).toContain("PG_VERSION")
})

test("a taken port is passed over for the next", async () => {
  const first = await start()
  const port = Number(new URL(first.url).port)
  expect(await isPostgres(port)).toBe(true)
  const second = await startPostgres({ data_dir: join(home, "other"), durable: false, port })
  started.push(second)
  expect(Number(new URL(second.url).port)).toBeGreaterThan(port)
})

test("a broken folder is a clear error with the server's own words", async () => {
  const first = await start()
  await first.stop()
  rmSync(join(home, "pg", "global"), { recursive: true })
  await expect(start()).rejects.toThrow(/PostgreSQL did not start in [\s\S]*global/)
})
