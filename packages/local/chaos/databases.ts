import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { resetConfig } from "@robokit/core/config"
import { Database } from "@robokit/core/db/database"
import { migrate } from "@robokit/core/db/migrate"
import { queueSettings } from "@robokit/functions/sizes"
import postgres from "postgres"
import { type PostgresOptions, startPostgres } from "../src/postgres.ts"

/** For harnesses whose queue and storage are simulated: nothing listens there, and nothing is asked. */
const SETTINGS = {
  ...queueSettings(() => "http://127.0.0.1:9/jobs"),
  SWEEP_QUEUE_URL: "http://127.0.0.1:9/sweep",
  ARTIFACT_BUCKET: "artifacts",
  LOG_LEVEL: "silent",
}

/** A PostgreSQL server of its own with `count` migrated databases; this process is connected to the first. */
export async function openDatabases(count: number, settings: PostgresOptions["settings"] = {}) {
  const folder = mkdtempSync(join(tmpdir(), "robokit-sim-"))
  const server = await startPostgres({ data_dir: join(folder, "pg"), durable: false, settings })
  // A server outlives a killed parent; a harness that is broken off takes it along, and its children find no database.
  const quit = () => process.kill(server.pid, "SIGQUIT")
  process.once("exit", quit)
  const close = async () => {
    process.off("exit", quit)
    await Database.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const admin = postgres(server.url, { max: 1, onnotice: () => {} })
    const urls = []
    for (let at = 0; at < count; at++) {
      await admin.unsafe(`create database sim_${at}`)
      const url = new URL(server.url)
      url.pathname = `sim_${at}`
      await migrate(url.href)
      urls.push(url.href)
    }
    await admin.end()
    Object.assign(process.env, SETTINGS, { DATABASE_URL: urls[0] })
    resetConfig()
    await Database.connectTo(urls[0]!)
    return { urls, close }
  } catch (error) {
    await close()
    throw error
  }
}
