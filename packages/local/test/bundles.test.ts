import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import postgres from "postgres"
import { afterAll, beforeAll, expect, test } from "vitest"
import type { JobListItem } from "../../core/src/job/schema.ts"
import { buildFunctions } from "../../functions/build.ts"
import { digest } from "../../functions/manifest.ts"
import { type Product, startProduct, until } from "./product.ts"

const ROOT = fileURLToPath(new URL("../../..", import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), "robokit-same-"))
let product: Product

beforeAll(async () => {
  product = await startProduct({ data_dir: join(scratch, "data") })
}, 120_000)
afterAll(async () => {
  await product?.stop()
  rmSync(scratch, { recursive: true, force: true })
})

test("what `npm start` runs is what deploys: the same files with the same hashes", async () => {
  // As infra/builds.ts asks for them.
  const output = execFileSync(process.execPath, ["scripts/builds.mjs"], { cwd: ROOT, encoding: "utf8" })
  const deployed = (JSON.parse(output) as { functions: string }).functions

  await fetch(`${product.api}/health`)
  const running = await until(
    async () => bundlesOf(product.child.pid!),
    (files) => files.some((file) => basename(file) === "api.mjs"),
    10,
  )
  expect(new Set(running.map((file) => dirname(file)))).toEqual(new Set([deployed]))
  // And that folder is what the sources give now, byte for byte, not what somebody left in it.
  expect(digest(deployed)).toEqual(digest(await buildFunctions(join(scratch, "fresh"))))
})

test("a heavy job is run by the heavy worker, which was not there before", async () => {
  expect(workersOf(product.child.pid!)).toEqual([])
  await makeAllHeavy()
  const created = await fetch(`${product.api}/api/v1/datasets/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      source: { type: "huggingface", repo_id: "observabot/so101_die_mat4" },
      format_type: "auto",
    }),
  })
  expect(created.status).toBe(201)
  const { id } = (await created.json()) as { id: number }
  const [job] = await until(
    async () => (await (await fetch(`${product.api}/api/v1/datasets/${id}/jobs`)).json()) as JobListItem[],
    (jobs) => jobs[0]?.status === "completed",
    30,
  )
  expect(job).toMatchObject({ size_class: "heavy", attempt: 1 })
  expect(workersOf(product.child.pid!)).toEqual(["heavy"])
})

/** As if every dataset were estimated to be large. */
async function makeAllHeavy() {
  const url = new URL(/^\s*Postgres\s+(postgres\S+)/m.exec(product.output())![1]!)
  url.username = "robokit"
  const sql = postgres(url.href, { max: 1 })
  await sql`create function heavy() returns trigger language plpgsql as
    'begin new.size_class = ''heavy''; return new; end'`
  await sql`create trigger heavy before insert on job for each row execute function heavy()`
  await sql.end()
}

/** Classes of the workers that run, from how their processes were started. */
const workersOf = (group: number) => processesOf(group).flatMap((args) => /\/worker\.mjs (\w+)/.exec(args)?.[1] ?? [])

/** Bundles that processes of the product's group were started with. */
const bundlesOf = (group: number) =>
  processesOf(group)
    .flatMap((args) => /file:\/\/\S+\.mjs/.exec(args)?.[0] ?? [])
    .map((url) => fileURLToPath(url))

const processesOf = (group: number) =>
  execFileSync("ps", ["-eo", "pgid=,args="], { encoding: "utf8" })
    .split("\n")
    .filter((row) => Number(row.trim().split(/\s+/)[0]) === group)
