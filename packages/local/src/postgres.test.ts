import { execFileSync, spawnSync } from "node:child_process"
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import postgres from "postgres"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
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

test("a server file whose number another program has by now does not stand in the way", async () => {
  const first = await start()
  const file = join(first.folder, "postmaster.pid")
  const lines = readFileSync(file, "utf8").split("\n")
  await first.stop()
  writeFileSync(file, [process.pid, ...lines.slice(1)].join("\n"))
  expect((await start()).adopted).toBe(false)
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

describe.runIf(process.getuid?.() === 0)("under root", () => {
  test("a closed folder above is no obstacle: the data lie elsewhere, behind a link, and go with the link", async () => {
    const closed = join(home, "closed")
    mkdirSync(join(closed, "clone"), { recursive: true, mode: 0o700 })
    chmodSync(closed, 0o700)
    chmodSync(home, 0o700)
    const data_dir = join(closed, "clone", "pg")
    const begin = async () => {
      const server = await startPostgres({ data_dir, durable: false })
      started.push(server)
      return server
    }
    const first = await begin()
    try {
      expect(readlinkSync(data_dir)).toBe(first.folder)
      await ask(first.url, "create table kept as select 1 n")
      await first.stop()
      const second = await begin()
      expect(await ask(second.url, "select n from kept")).toEqual([{ n: 1 }])
      await second.stop()
      rmSync(data_dir)
      const third = await begin()
      expect(await ask(third.url, "select to_regclass('kept') t")).toEqual([{ t: null }])
      await third.stop()
    } finally {
      rmSync(first.folder, { recursive: true, force: true })
      rmSync(`${first.folder}.log`, { force: true })
    }
  })

  test("a backup put back where the link was is moved to where the server may read it", async () => {
    const closed = join(home, "closed")
    mkdirSync(closed, { mode: 0o700 })
    // Closed further up: the folder right above is opened for passing through.
    const data_dir = join(closed, "data", "pg")
    const first = await startPostgres({ data_dir, durable: false })
    started.push(first)
    await ask(first.url, "create table kept as select 7 as n")
    await first.stop()
    const backup = join(home, "backup")
    execFileSync("cp", ["-aL", data_dir, backup])
    rmSync(data_dir)
    execFileSync("cp", ["-aL", backup, data_dir])

    const second = await startPostgres({ data_dir, durable: false })
    started.push(second)
    expect(await ask(second.url, "select n from kept")).toEqual([{ n: 7 }])
    expect(readlinkSync(data_dir)).toBe(second.folder)
    await second.stop()
    rmSync(second.folder, { recursive: true, force: true })
    rmSync(`${second.folder}.log`, { force: true })
  })

  test("an ordinary user starts the same server as itself", async () => {
    const [uid, gid] = [65_534, 65_534]
    chownSync(home, uid, gid)
    const source = `
      import { startPostgres } from ${JSON.stringify(fileURLToPath(new URL("postgres.ts", import.meta.url)))}
      const server = await startPostgres({ data_dir: ${JSON.stringify(join(home, "pg"))}, durable: false })
      console.log(server.url.split("@")[0])
      await server.stop()`
    const user = { uid, gid, encoding: "utf8" } as const
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module-typescript", "-e", source], user)
    expect(stderr).toBe("")
    expect(stdout.trim()).toBe("postgres://robokit")
    expect(statSync(join(home, "pg")).uid).toBe(uid)
  })
})
