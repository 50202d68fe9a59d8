import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import postgres from "postgres"
import type { TestProject } from "vitest/node"
import { readServerFile } from "../src/postgres-folder.ts"
import { startPostgres } from "../src/postgres.ts"
import { isAlive } from "../src/process.ts"

const PREFIX = "robokit-test-pg-"
const TEMPLATE = "robokit_template"

declare module "vitest" {
  interface ProvidedContext {
    /** One server for the whole run: `create database … template <template>` on `admin_url` gives a migrated database. */
    postgres: { admin_url: string; template: string }
  }
}

/** One PostgreSQL server for a run, with a migrated database to copy from. */
export default async function setup(project: TestProject) {
  removeLeftovers()
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`))
  const server = await startPostgres({
    data_dir: join(folder, "pg"),
    durable: false,
    settings: { max_connections: 300 },
  })
  // A run that is broken off exits without tearing down.
  const quit = () => process.kill(server.pid, "SIGQUIT")
  process.once("exit", quit)
  const stop = async () => {
    process.off("exit", quit)
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const admin = postgres(server.url, { max: 1, onnotice() {} })
    await admin.unsafe(`create database ${TEMPLATE}`)
    await admin.end()
    const url = new URL(server.url)
    url.pathname = TEMPLATE
    await migrateTemplate(url.href)
  } catch (error) {
    await stop()
    throw error
  }
  project.provide("postgres", { admin_url: server.url, template: TEMPLATE })
  return stop
}

async function migrateTemplate(url: string) {
  const path = new URL("../../core/src/db/migrate.ts", import.meta.url)
  if (!existsSync(path)) return
  const { migrate } = (await import(path.href)) as { migrate(url: string): Promise<unknown> }
  await migrate(url)
}

/** A run that was killed left its server behind; its folder's name says whose it was. */
function removeLeftovers() {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue
    if (isAlive(Number(name.slice(PREFIX.length).split("-")[0]))) continue
    const folder = join(tmpdir(), name)
    const server = readServerFile(join(folder, "pg"))
    if (server && isAlive(server.pid)) process.kill(server.pid, "SIGQUIT")
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  }
}
