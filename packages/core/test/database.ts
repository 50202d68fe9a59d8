import { randomBytes } from "node:crypto"
import { sql } from "drizzle-orm"
import postgres from "postgres"
import { afterAll, beforeAll, beforeEach, inject } from "vitest"
import { resetConfig } from "../src/config.ts"
import { Database } from "../src/db/database.ts"
import { forgetNudge } from "../src/job/sweep.ts"

declare module "vitest" {
  interface ProvidedContext {
    postgres: { admin_url: string; template: string }
  }
}

export interface TestDatabase {
  /** Connection string of this file's own database. */
  url: string
  /** A connection of the test's own, beside the pool under test. */
  admin: postgres.Sql
}

/** Real PostgreSQL built by the real migrations: one database a file, empty before each test. */
export function useDatabase(): TestDatabase {
  const database = {} as TestDatabase
  const name = `test_${randomBytes(6).toString("hex")}`
  const { admin_url, template } = inject("postgres")

  beforeAll(async () => {
    await onServer(admin_url, `create database ${name} template ${template}`)
    const url = new URL(admin_url)
    url.pathname = name
    database.url = url.href
    database.admin = postgres(url.href, { max: 4, onnotice: () => {} })
    process.env.DATABASE_URL = url.href
    for (const name of ["LIGHT", "MEDIUM", "HEAVY"]) process.env[`JOB_QUEUE_URL_${name}`] ??= "http://127.0.0.1:9/jobs"
    process.env.SWEEP_QUEUE_URL ??= "http://127.0.0.1:9/sweep"
    process.env.ARTIFACT_BUCKET ??= "artifacts"
    process.env.LOG_LEVEL ??= "silent"
    resetConfig()
    await Database.connectTo(url.href)
  })
  beforeEach(async () => {
    forgetNudge()
    const empty = sql`truncate dataset, job, outbox, sweep, idempotency_key, spending, halt restart identity cascade`
    // A test may have killed the connections of the pool.
    await Database.retrying(() => Database.use().execute(empty))
  })
  afterAll(async () => {
    await Database.close()
    await database.admin.end({ timeout: 2 })
    await onServer(admin_url, `drop database if exists ${name} with (force)`)
  })
  return database
}

/** What `work` asks of the database, statement by statement. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = []
  const { $client } = Database.use() as unknown as { $client: { options: object } }
  Object.assign($client.options, { debug: (_: number, statement: string) => void statements.push(statement) })
  await work()
  Object.assign($client.options, { debug: undefined })
  return statements
}

async function onServer(url: string, statement: string) {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await client.unsafe(statement)
  } finally {
    await client.end({ timeout: 2 })
  }
}
