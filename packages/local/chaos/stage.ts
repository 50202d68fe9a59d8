import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { setTimeout as sleep } from "node:timers/promises"
import { S3Client } from "@aws-sdk/client-s3"
import { resetConfig } from "@robokit/core/config"
import { Database } from "@robokit/core/db/database"
import { migrate } from "@robokit/core/db/migrate"
import { Job } from "@robokit/core/job/job"
import { importDataset } from "@robokit/core/test/engine"
import { bundleEntries } from "@robokit/functions/bundles"
import { QUEUES, queueSettings } from "@robokit/functions/sizes"
import postgres from "postgres"
import { startPostgres } from "../src/postgres.ts"
import { startS3 } from "../src/s3/server.ts"
import { REGION, startSqs } from "../src/sqs.ts"
import { startGate } from "./gate.ts"
import { violations } from "./invariants.ts"
import { compareObjects } from "./objects.ts"
import { registry } from "./registry.ts"
import { installWatch } from "./watch.ts"
import { type Process, startProcess } from "./workers.ts"

const KEY = { accessKeyId: "local", secretAccessKey: "local" }
const BUCKET = "artifacts"
const HERE = (name: string) => fileURLToPath(new URL(name, import.meta.url))

export type Stage = Awaited<ReturnType<typeof openStage>>

/**
 * PostgreSQL with the watch installed, SQS, S3 behind a gate, and the product's sweep and dead letters in a process of
 * their own; workers as they are asked for. All on loopback, in a folder that goes when it is closed.
 */
export async function openStage(settings: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), "robokit-chaos-"))
  const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
  const close = async () => {
    for (const stop of stops.splice(0).reverse()) await stop()
  }
  try {
    const database = await startPostgres({
      data_dir: join(folder, "pg"),
      durable: false,
      settings: { log_line_prefix: "%u ", log_statement: "mod" },
    })
    // A server outlives a killed parent; a harness that is broken off takes it along.
    const quit = () => process.kill(database.pid, "SIGQUIT")
    process.once("exit", quit)
    stops.push(() => {
      process.off("exit", quit)
      return database.stop()
    })
    const s3 = await startS3({ data_dir: join(folder, "s3"), credentials: KEY, buckets: [BUCKET] })
    stops.push(() => s3.stop())
    const gate = await startGate(s3.url)
    stops.push(() => gate.stop())
    const queue = await restartable(join(folder, "sqs"))
    stops.push(() => queue.stop())

    await migrate(database.url)
    const sql = postgres(database.url, { max: 2, onnotice: () => {}, connection: { application_name: "chaos" } })
    stops.push(() => sql.end({ timeout: 2 }))
    await installWatch(sql)

    const env = {
      LOG_LEVEL: "warn",
      DATABASE_URL: database.url,
      // One queue for all classes: its workers take what comes.
      ...queueSettings(() => queue.url("jobs-light")),
      SWEEP_QUEUE_URL: queue.url("sweep"),
      ARTIFACT_BUCKET: BUCKET,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: KEY.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
      AWS_ENDPOINT_URL_S3: gate.url,
      AWS_ENDPOINT_URL_SQS: new URL(queue.url("jobs-light")).origin,
      ...settings,
    }
    // What goes wrong here is what is wanted; the processes' logs are kept, this one's would fill the terminal.
    Object.assign(process.env, env, { LOG_LEVEL: "silent" })
    resetConfig()
    await Database.connectTo(database.url)
    stops.push(() => Database.close())

    const entries = { worker: HERE("worker.ts"), attendant: HERE("attendant.ts"), thread: HERE("thread.ts") }
    for (const { name, contents } of await bundleEntries(entries)) writeFileSync(join(folder, name), contents)

    const processes = new Map<string, Process>()
    stops.push(() => Promise.all([...processes.values()].map((each) => each.kill())))
    /** A role of its own for each, and again the same when it is started again. */
    const start = async (entry: "worker" | "attendant", name: string, more: Record<string, string> = {}) => {
      await sql.unsafe(`do $$ begin create role ${name} superuser login; exception when duplicate_object then end $$`)
      const url = new URL(database.url)
      url.username = name
      const started = await startProcess(entry, name, { folder, env: { ...env, DATABASE_URL: url.href, ...more } })
      processes.set(name, started)
      return started
    }
    const attendant = await start("attendant", "attendant")
    const { id: dataset_id } = await importDataset()
    const client = new S3Client({ region: REGION, endpoint: s3.url, credentials: KEY, forcePathStyle: true })
    stops.push(() => client.destroy())

    let hastened = -Infinity
    return {
      sql,
      gate,
      queue,
      folder: database.folder,
      processes,
      close,
      startWorker: (name: string, more?: Record<string, string>) => start("worker", name, more),

      /** As a POST does it; resolves with the job's number once that is promised. */
      async submit(type: keyof typeof registry, params: Record<string, unknown>) {
        return (await Job.start(dataset_id, type, params, registry)).job.id
      },

      /**
       * Moves the clocks of all that waits, and sweeps: what the sweep does within a minute and a half it does now. At most
       * every two seconds, for each time wakes again all that waits.
       */
      async hasten() {
        if (performance.now() < hastened + 2000) return
        hastened = performance.now()
        await sql`update job set last_sent_at = now() - interval '1 hour',
          run_after = case when status = 'pending' then now() - interval '1 hour' else run_after end
          where status in ('pending', 'running')`
        await sql`update shard set last_sent_at = now() - interval '1 hour', run_after = now() - interval '1 hour'
          where status <> 'completed'`
        await sql`update outbox set not_before = now() where sent_at is null and not_before > now()`
        attendant.child.send("sweep")
      },

      /** Waits until every job is terminal and every message sent, or for `seconds`; `hasten` is called between. */
      async settle(seconds: number, hasten: () => unknown = () => {}) {
        for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(500)) {
          const [row] = await sql`select exists(select from job where status in ('pending', 'running'))
            or exists(select from outbox where sent_at is null) as open`
          if (!row!.open) return
          await hasten()
        }
      },

      /** Of rows and bucket alike, once nothing is under way. */
      async judge() {
        const objects = await compareObjects(sql, client, BUCKET)
        return { ...objects, violations: [...(await violations(sql, { ended: true })), ...objects.violations] }
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** SQS that can go away and come back at the same address with what it held. */
async function restartable(data_dir: string) {
  let sqs = await startSqs({ data_dir, queues: QUEUES })
  const { port } = new URL(sqs.url)
  return {
    url: (name: string) => sqs.queue(name).url,
    stop: () => sqs.stop(),
    async start() {
      sqs = await startSqs({ data_dir, port: Number(port), queues: QUEUES })
      if (new URL(sqs.url).port !== port) throw new Error(`the queue's port ${port} was taken meanwhile`)
    },
  }
}
