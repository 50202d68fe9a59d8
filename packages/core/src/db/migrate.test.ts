import { randomBytes } from "node:crypto"
import postgres from "postgres"
import { afterAll, expect, inject, test } from "vitest"
import { migrate } from "./migrate.ts"
import journal from "../../migrations/meta/_journal.json" with { type: "json" }

const { admin_url } = inject("postgres")
const admin = postgres(admin_url, { max: 1, onnotice: () => {} })
const names: string[] = []
afterAll(async () => {
  for (const name of names) await admin.unsafe(`drop database if exists ${name} with (force)`)
  await admin.end()
})

async function fresh() {
  const name = `migrate_${randomBytes(6).toString("hex")}`
  names.push(name)
  await admin.unsafe(`create database ${name}`)
  const url = new URL(admin_url)
  url.pathname = name
  return url
}

test("five migrators of one database take turns, and the schema is there once", async () => {
  const url = await fresh()
  const all = await Promise.allSettled(Array.from({ length: 5 }, () => migrate(url.href)))
  expect(all.map((each) => each.status)).toEqual(Array.from({ length: 5 }, () => "fulfilled"))
  const client = postgres(url.href, { max: 1 })
  expect(await client`select count(*)::int as n from drizzle.__drizzle_migrations`).toMatchObject([
    { n: journal.entries.length },
  ])
  await client.end()
})

test("the app role uses the data, cannot change the schema, and has its limits by itself", async () => {
  const url = await fresh()
  expect(await migrate(url.href)).toEqual({ app_role: true })
  url.username = "robokit_app"
  const app = postgres(url.href, { max: 1, onnotice: () => {} })
  try {
    await app`insert into outbox (kind, body) values ('job', '{}')`
    expect(await app`select count(*)::int as n from outbox`).toMatchObject([{ n: 1 }])
    await expect(app`drop table outbox`).rejects.toMatchObject({ code: "42501" })
    await expect(app`create table mine (id int)`).rejects.toMatchObject({ code: "42501" })
    await expect(app`alter table job drop constraint job_state_check`).rejects.toMatchObject({ code: "42501" })
    const [limits] = await app`select current_setting('statement_timeout') as statement,
      current_setting('lock_timeout') as lock, current_setting('idle_in_transaction_session_timeout') as idle`
    expect(limits).toEqual({ statement: "5s", lock: "2s", idle: "10s" })
  } finally {
    await app.end()
  }
})

test("where we may not alter roles, the schema comes all the same", async () => {
  const url = await fresh()
  const owner = `owner_${randomBytes(4).toString("hex")}`
  await admin.unsafe(`create role ${owner} login`)
  await admin.unsafe(`alter database ${url.pathname.slice(1)} owner to ${owner}`)
  await admin`alter role robokit_app set lock_timeout = '9s'`
  try {
    url.username = owner
    expect(await migrate(url.href)).toEqual({ app_role: false })
    const client = postgres(url.href, { max: 1 })
    expect(await client`select count(*)::int as n from job`).toMatchObject([{ n: 0 }])
    await client.end()
  } finally {
    await admin`alter role robokit_app set lock_timeout = '2s'`
    await admin.unsafe(`drop database ${url.pathname.slice(1)} with (force)`)
    await admin.unsafe(`drop role ${owner}`)
  }
})
