// `npm run backfill` computes again, through the HTTP API, what an older version of its job computed: one result at a time, only
// while nobody else has work open, and with pauses of nine times what the last one took, so that it takes a tenth of one worker.
// Exit: 0 all is of the present version, 1 something could not be done, 2 the command line is wrong.
import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs } from "node:util"
import { ask, each, fail } from "./api.mjs"

const USAGE = `Usage: npm run backfill -- --list           the results that are of an older version
       npm run backfill [-- --type JOB_TYPE]  compute them again, or those of one job type

Settings: ROBOKIT_URL (http://127.0.0.1:8000), OPERATOR_KEY where the API has one.`

/** Pause after a result, as a multiple of the time it took. */
const PAUSE = 9
/** How often it looks whether others still have work open. */
const LOOK_MS = Number(process.env.BACKFILL_LOOK_MS ?? 5000)

const { list, type } = wish()
try {
  const stale = await Array.fromAsync(each(`/api/v1/jobs?stale=true${type ? `&job_type=${type}` : ""}`))
  process.exitCode = list ? show(stale) : await computeAll(stale)
} catch (refused) {
  if (refused.status === undefined) throw refused
  process.exitCode = fail("The API refused", refused.status, refused.body)
}

function wish() {
  try {
    const { values } = parseArgs({ options: { list: { type: "boolean", default: false }, type: { type: "string" } } })
    if (values.type !== undefined && !/^[a-z][a-z0-9_]{0,63}$/.test(values.type))
      throw new Error("That is no job type.")
    return values
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`)
    process.exit(2)
  }
}

function show(stale) {
  for (const { id, dataset_id, job_type, completed_at } of stale)
    console.log(`${id}  dataset ${dataset_id}  ${job_type}  ${completed_at}`)
  console.log(stale.length === 0 ? "Every result is of the present version." : `${stale.length} of an older version.`)
  return 0
}

async function computeAll(stale) {
  let failed = 0
  for (const [at, job] of stale.entries()) {
    await othersAreDone()
    const started = Date.now()
    const said = await compute(job)
    failed += said.failed ? 1 : 0
    console.log(`${at + 1} of ${stale.length}: ${job.job_type} of dataset ${job.dataset_id}: ${said.text}`)
    if (said.ran && at + 1 < stale.length) await sleep(PAUSE * (Date.now() - started))
  }
  if (stale.length === 0) return show(stale)
  return failed === 0 ? 0 : 1
}

/** Whoever else has work open comes first. */
async function othersAreDone() {
  for (const status of ["pending", "running"])
    while ((await asked("GET", `/api/v1/jobs?status=${status}&limit=1`)).body.length > 0) await sleep(LOOK_MS)
}

async function compute({ dataset_id, job_type, params }) {
  const { status, body } = await ask("POST", `/api/v1/datasets/${dataset_id}/analyses/${job_type}`, params)
  if (status === 200) return { text: "is there in the present version already" }
  if (status !== 202) return { failed: true, text: `refused: ${body.detail ?? `HTTP ${status}`}` }
  let job = body
  while (job.status === "pending" || job.status === "running") {
    await sleep(Math.min(job.poll_after_ms, LOOK_MS))
    job = (await asked("GET", `/api/v1/jobs/${job.id}`)).body
  }
  if (job.status === "completed") return { ran: true, text: "done" }
  return { ran: true, failed: true, text: `${job.state_detail}: ${job.error_message}` }
}

async function asked(method, path) {
  const answer = await ask(method, path)
  if (answer.status !== 200) throw answer
  return answer
}
