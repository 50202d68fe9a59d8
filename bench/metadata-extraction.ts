import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { DatasetInfo } from "../packages/core/src/dataset/schema.ts"
import type { JobListItem } from "../packages/core/src/job/schema.ts"
import { type DatabaseTimes, watchDatabase } from "./database-times.ts"
import { functionUrlEvent, sqsEvent } from "./events.ts"
import { type Local, startLocal } from "./local.ts"
import { median, round } from "./numbers.ts"
import type { Measured, Probe } from "./probe.ts"

const SAMPLE = "observabot/so101_die_mat4"
const WARM_UP = 3

type Spent = Pick<Measured, "wall_ms" | "cpu_ms">
interface Round {
  api: Spent
  worker: Measured
  sweep: Spent
  api_requests: number
  job: JobListItem
  imported: { requests: number; bytes: number }
  answer_bytes: number
}

/**
 * What importing the 217-episode sample and extracting its metadata takes: one POST, two looks at the status, one at the
 * result, one run of the worker, one sweep. Times are medians of warm environments, thread start included; `*_init_cpu_ms` is
 * that of the one start. What is counted is the mean of a round. Reads from the sample Hub on loopback: no network is in it.
 */
export async function costOfMetadataExtraction(rounds: number) {
  const scratch = mkdtempSync(join(tmpdir(), "robokit-bench-"))
  const local = await startLocal(scratch)
  try {
    const database = await watchDatabase(local.database_url)
    try {
      return await measure(local, database, rounds)
    } finally {
      await database.sql.end()
    }
  } finally {
    await local.stop()
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function measure(local: Local, database: DatabaseTimes, rounds: number) {
  for (let at = 0; at < WARM_UP; at++) await once(local, database)
  const before = { ...counted(local), ...(await database.read()) }
  const all: Round[] = []
  for (let at = 0; at < rounds; at++) all.push(await once(local, database))
  const after = { ...counted(local), ...(await database.read()) }

  const mean = (name: keyof typeof after, digits = 1) => round((after[name] - before[name]) / rounds, digits)
  const middle = (of: (one: Round) => number) => round(median(all.map(of)), 1)
  const { job, imported, answer_bytes, api_requests } = all.at(-1)!
  return {
    job: job.job_type,
    sample: SAMPLE,
    api_requests,
    api_wall_ms: middle((one) => one.api.wall_ms),
    api_cpu_ms: middle((one) => one.api.cpu_ms),
    api_init_cpu_ms: round(local.api.init.cpu_ms),
    worker_wall_ms: middle((one) => one.worker.wall_ms),
    worker_cpu_ms: middle((one) => one.worker.cpu_ms),
    worker_init_cpu_ms: round(local.worker.init.cpu_ms),
    worker_rss_mb: middle((one) => one.worker.rss_mb),
    sweep_wall_ms: middle((one) => one.sweep.wall_ms),
    sweep_cpu_ms: middle((one) => one.sweep.cpu_ms),
    hub_requests_api: imported.requests,
    hub_requests_worker: job.usage.requests,
    hub_bytes: imported.bytes + job.usage.bytes,
    sqs_messages: mean("sqs_messages"),
    s3_puts: mean("s3_puts"),
    database_statements: mean("statements"),
    database_ms: mean("ms", 2),
    answer_bytes,
    log_bytes: mean("log_bytes", 0),
  }
}

const counted = ({ sqs, s3, api, worker, sweep }: Local) => ({
  sqs_messages: sqs.SendMessage ?? 0,
  s3_puts: s3.PUT ?? 0,
  log_bytes: [api, worker, sweep].reduce((sum, each) => sum + each.log_bytes(), 0),
})

async function once({ api, worker, sweep }: Local, { sql }: DatabaseTimes): Promise<Round> {
  const client = clientOf(api)
  const source = { type: "huggingface", repo_id: SAMPLE, revision: "main" }
  const { id } = await client.ask<DatasetInfo>("POST", "/api/v1/datasets/", { source, format_type: "auto" })
  await client.ask("GET", `/api/v1/datasets/${id}/status`)
  // The other jobs of an import are not what is measured.
  await sql`delete from job where dataset_id = ${id} and job_type <> 'metadata_extraction'`
  const [open] = await sql`select id from job where dataset_id = ${id}`
  const ran = await worker.invoke(sqsEvent(JSON.stringify({ job_id: open!.id, v: 1 })))
  await client.ask("GET", `/api/v1/datasets/${id}/status`)
  await client.ask("GET", `/api/v1/datasets/${id}`)
  const { api_requests, wall_ms, cpu_ms, answer_bytes } = client.spent

  const [chain] = await sql`select turn from sweep`
  const swept = await sweep.invoke(sqsEvent(JSON.stringify({ v: 1, turn: chain!.turn })))
  const [row] = await sql`select import_usage from dataset where id = ${id}`
  const [job] = await sql`select job_type, status, usage from job where id = ${open!.id}`
  if (job?.status !== "completed") throw new Error(`the job ended ${job?.status}`)
  // Another repository from now on, so that the next round imports anew.
  await sql`update dataset set repo_id = 'bench/' || id where id = ${id}`
  return {
    api: { wall_ms, cpu_ms },
    worker: ran,
    sweep: swept,
    api_requests,
    job: job as unknown as JobListItem,
    imported: row!.import_usage as Round["imported"],
    answer_bytes,
  }
}

function clientOf(api: Probe) {
  const spent = { api_requests: 0, wall_ms: 0, cpu_ms: 0, answer_bytes: 0 }
  return {
    spent,
    async ask<T>(method: string, path: string, body?: object): Promise<T> {
      const { result, wall_ms, cpu_ms } = await api.invoke(functionUrlEvent(method, path, body))
      const answer = result as { statusCode: number; body: string }
      if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${answer.body}`)
      spent.api_requests++
      spent.wall_ms += wall_ms
      spent.cpu_ms += cpu_ms
      spent.answer_bytes += Buffer.byteLength(answer.body)
      return JSON.parse(answer.body) as T
    },
  }
}
