// `npm run redrive -- --list` shows the dead jobs, `npm run redrive -- 12 13` runs them again, through the HTTP API.
// Exit: 0 everything asked for is done or needs no doing, 1 something could not be done, 2 the command line is wrong.
import { ask, each, fail } from "./api.mjs"

const USAGE = `Usage: npm run redrive -- --list        the jobs that were given up
       npm run redrive -- ID [ID …]    run these again; what is not dead is left alone

Settings: ROBOKIT_URL (http://127.0.0.1:8000), OPERATOR_KEY where the API has one.`

const args = process.argv.slice(2)
const isList = args.length === 1 && args[0] === "--list"
if (!isList && !(args.length > 0 && args.every((each) => /^[1-9]\d{0,9}$/.test(each)))) {
  console.error(USAGE)
  process.exit(2)
}
process.exitCode = await (isList ? list() : redriveAll(args))

/** One line a job, every page. */
async function list() {
  let count = 0
  try {
    for await (const job of each("/api/v1/jobs?state_detail=dead")) {
      count++
      const { id, dataset_id, job_type, completed_at, error_code, error_message } = job
      console.log(`${id}  dataset ${dataset_id}  ${job_type}  ${completed_at}  ${error_code}: ${error_message}`)
    }
  } catch ({ status, body }) {
    return fail("The list was refused", status, body)
  }
  console.log(count === 0 ? "No job is dead." : `${count} dead. Run them again: npm run redrive -- ID …`)
  return 0
}

async function redriveAll(ids) {
  const codes = []
  for (const id of ids) codes.push(await redrive(id))
  return Math.max(...codes)
}

async function redrive(id) {
  const { status, body: job } = await ask("GET", `/api/v1/jobs/${id}`)
  if (status !== 200) return fail(`${id}: not found`, status, job)
  const state = job.error_code ? `${job.state_detail} (${job.error_code})` : job.state_detail
  if (job.state_detail !== "dead") return say(`${id}: is ${state}, not dead; nothing done`)
  const { status: answer, body } = await ask("POST", `/api/v1/datasets/${job.dataset_id}/jobs/${id}/retry`)
  if (answer === 202) return say(`${id}: queued again (${job.job_type} of dataset ${job.dataset_id})`)
  // Somebody else was a moment faster, or the same job was started anew.
  if (answer === 409) return say(`${id}: ${body.detail} Nothing done`)
  return fail(`${id}: was not run again`, answer, body)
}

function say(line) {
  console.log(line)
  return 0
}
