import { rmSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import postgres from "postgres"
import { startProduct, until } from "../../packages/local/test/product.ts"
import { percentile, round } from "../numbers.ts"

const SAMPLE = "observabot/so101_die_mat4"
const LEAST = 100

export interface Pickup {
  name: string
  submissions: number
  p50_ms: number
  p95_ms: number
  max_ms: number
}

interface Submission {
  /** From the request's start until the row says who has it: over HTTP, the outbox, SQS and the poller to a worker's claim. */
  started_ms: number
  /** Of that, until the job was written down. */
  opened_ms: number
}

/**
 * How soon a worker has a job that was asked for when there is nothing else to do: the whole product as `npm start` has
 * it, one submission at a time, each at another moment of the long polls. Ten times as many as rounds, at least 100.
 */
export async function pickup(rounds: number): Promise<Pickup[]> {
  const product = await startProduct()
  const listed = /^\s*Postgres\s+(\S+)/m.exec(product.output())![1]!
  const sql = postgres(listed, { max: 1, username: "robokit" })
  try {
    const submit = (path: string, body: object) => post(`${product.api}${path}`, body)
    const source = { type: "huggingface", repo_id: SAMPLE, revision: "main" }
    const { id } = await submit("/api/v1/datasets/", { source, format_type: "auto" })
    const all: Submission[] = []
    const submissions = Math.max(LEAST, 10 * rounds)
    // The first warms up.
    for (let at = 0; at <= submissions; at++) {
      await until(
        async () => (await sql`select from job where status in ('pending', 'running')`).length,
        (open) => open === 0,
        60,
      )
      // Another job from now on, so that the next one is not answered with its result.
      await sql`update job set params_hash = encode(sha256(convert_to(id::text, 'UTF8')), 'hex')`
      await sleep(100 + 300 * Math.random())
      const asked = Date.now()
      const job = await submit(`/api/v1/datasets/${id}/analyses/metadata_extraction`, {})
      const one = await startOf(sql, job.id, asked)
      if (at > 0) all.push(one)
    }
    return [
      summary(
        "submit → written down",
        all.map((one) => one.opened_ms),
      ),
      summary(
        "written down → started",
        all.map((one) => one.started_ms - one.opened_ms),
      ),
      summary(
        "submit → started",
        all.map((one) => one.started_ms),
      ),
    ]
  } finally {
    await sql.end()
    await product.stop()
    rmSync(product.data_dir, { recursive: true, force: true })
  }
}

async function startOf(sql: postgres.Sql, job_id: number, asked: number): Promise<Submission> {
  const row = await until(
    async () => (await sql`select opened_at, started_at from job where id = ${job_id}`)[0]!,
    ({ started_at }) => started_at !== null,
    60,
  )
  const since = (instant: unknown) => (instant as Date).getTime() - asked
  return { started_ms: since(row.started_at), opened_ms: since(row.opened_at) }
}

async function post(url: string, body: object): Promise<{ id: number }> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`POST ${url}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as { id: number }
}

const summary = (name: string, values: number[]): Pickup => ({
  name,
  submissions: values.length,
  p50_ms: round(percentile(values, 50)),
  p95_ms: round(percentile(values, 95)),
  max_ms: round(Math.max(...values)),
})
