import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import postgres from "postgres"
import { startPostgres } from "../src/postgres.ts"
import { type Product, startProduct, until } from "../test/product.ts"
import type { Figures, Scale } from "./figures.ts"

const REPO = "observabot/so101_die_mat4"
/** Work arms a sweep 20 s ahead; the one that finds nothing open is the last. */
const LAST_SWEEP_S = 25

/**
 * The whole product with nothing to do: no statement at the database and no write at the queue. The long form imports a
 * dataset first and waits until the last sweep has been. That both would be seen is shown by a request afterwards.
 */
export async function run({ isShort = false, seconds = isShort ? 20 : 120 }: Scale): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), "robokit-chaos-idle-"))
  const database = await startPostgres({
    data_dir: join(folder, "pg"),
    durable: false,
    settings: { shared_preload_libraries: "pg_stat_statements" },
  })
  let product: Product | undefined
  // Both outlive a parent that is broken off.
  const quit = () => {
    product?.child.kill("SIGINT")
    process.kill(database.pid, "SIGQUIT")
  }
  process.once("exit", quit)
  const sql = postgres(database.url, { max: 1, onnotice: () => {} })
  try {
    await sql.unsafe("create extension pg_stat_statements; create role product superuser login")
    const url = new URL(database.url)
    url.username = "product"
    product = await startProduct({ data_dir: join(folder, "data"), env: { DATABASE_URL: url.href } })
    const sent = () => lastWrite(join(folder, "data", "sqs"))
    const { api } = product
    const post = () => importDataset(api)

    if (!isShort) {
      await post()
      const open = () => sql`select from job where status in ('pending', 'running')`
      await until(open, (rows) => rows.length === 0, 60)
      await sleep(LAST_SWEEP_S * 1000)
    }
    await atRest(() => statements(sql))
    const before = { statements: await statements(sql), sent: sent() }
    await sleep(seconds * 1000)
    const idle = { statements: (await statements(sql)) - before.statements, sent: sent() - before.sent }

    await (isShort ? post() : fetch(`${api}/api/v1/datasets/`))
    const woken = { statements: (await statements(sql)) - before.statements, sent: sent() - before.sent }
    return {
      figures: {
        "seconds idle": seconds,
        "statements at the database": idle.statements,
        "writes at the queue": idle.sent === 0 ? 0 : "some",
        "statements of one request afterwards": woken.statements - idle.statements,
      },
      violations: [
        ...(idle.statements > 0 ? [`${idle.statements} statements while nothing was to be done`] : []),
        ...(idle.sent > 0 ? ["something was written to the queue while nothing was to be done"] : []),
        ...(woken.statements > idle.statements ? [] : ["a request was not seen at the database: nothing was shown"]),
        ...(!isShort || woken.sent > idle.sent ? [] : ["an import was not seen at the queue: nothing was shown"]),
      ],
    }
  } finally {
    await product?.stop()
    await sql.end({ timeout: 2 })
    process.off("exit", quit)
    await database.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function importDataset(api: string) {
  const response = await fetch(`${api}/api/v1/datasets/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ source: { type: "huggingface", repo_id: REPO } }),
  })
  if (response.status !== 201) throw new Error(`the import was answered ${response.status}: ${await response.text()}`)
}

/** Of the product's role, so far. */
async function statements(sql: postgres.Sql): Promise<number> {
  const [row] = await sql`select coalesce(sum(calls), 0)::int as calls from pg_stat_statements
    where userid = 'product'::regrole`
  return row!.calls as number
}

/** When the queue's own database was last written to, in ms since 1970: sending, receiving and deleting all do. */
const lastWrite = (folder: string) =>
  Math.max(...readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs))

/** What starting set in motion has come to its end: nothing new for three seconds. */
async function atRest(read: () => Promise<number>) {
  for (let last = -1, now = await read(); last !== now; now = await read()) {
    last = now
    await sleep(3000)
  }
}
