import assert from "node:assert/strict"
import { AppError } from "@robokit/core/error"
import { Dataset } from "@robokit/core/dataset/dataset"
import { Job as Engine } from "@robokit/core/job/job"
import { about, always, pickFrom } from "./move.ts"
import { JOB_TYPE, type Real, registry } from "./real.ts"
import * as Model from "./state.ts"

const codeOf = (error: unknown) => {
  if (error instanceof AppError) return error.code
  throw error
}

/** One of all the jobs there ever were, mostly one of `likely`. */
const aJob = (
  likely: (job: Model.Job) => boolean,
  act: (world: Model.World, real: Real, job: Model.Job, isGone: boolean) => Promise<void>,
) =>
  about(
    ({ jobs, gone }, pick) => pickFrom([...jobs, ...gone], pick, jobs.filter(likely)),
    (world, real, job) => act(world, real, job, world.gone.includes(job)),
  )

const hasFailed = ({ detail }: Model.Job) => detail === "failed" || detail === "cancelled" || detail === "dead"

/** What whoever wants jobs done asks for. */
export const ASKER = {
  start: always(async (world, real, { which }) => {
    const params = { n: which % 2 }
    const said = await Engine.start(real.dataset_id, JOB_TYPE, params, registry).catch(codeOf)
    if (world.jobs.length === 0) return assert.equal(said, "not_found")
    assert.ok(typeof said === "object", `starting was refused: ${JSON.stringify(said)}`)
    const key = JSON.stringify(params)
    const same = world.jobs.findLast((job) => job.params === key && (Model.isActive(job) || job.detail === "completed"))
    assert.deepEqual([said.created, said.job.id], [!same, same?.id ?? said.job.id])
    if (!same) world.jobs.push(Model.newJob(said.job.id, key))
  }),
  cancel: aJob(Model.isActive, async (_, real, job, isGone) => {
    const said = await Engine.cancel(real.dataset_id, job.id).catch(codeOf)
    if (isGone) return assert.equal(said, "not_found")
    if (job.detail === "cancelled" || job.detail === "cancelling") return assert.ok(typeof said === "object")
    if (!Model.isActive(job)) return assert.equal(said, "job_finished")
    if (job.held && !job.expired) job.detail = "cancelling"
    else Model.end(job, "cancelled")
  }),
  retry: aJob(hasFailed, async ({ jobs }, real, job, isGone) => {
    const said = await Engine.retry(real.dataset_id, job.id, registry).catch(codeOf)
    if (isGone) return assert.equal(said, "not_found")
    if (!hasFailed(job)) return assert.equal(said, "job_not_failed")
    if (jobs.some((each) => each.params === job.params && Model.isActive(each))) return assert.equal(said, "job_open")
    assert.ok(typeof said === "object", `the retry was refused: ${JSON.stringify(said)}`)
    Model.reopen(job)
  }),
  /** Of the dataset. Rarely: what comes after it has little to do. */
  remove: about(
    ({ jobs }, { which }) => (which === 0 && jobs.length > 0) || undefined,
    async (world, real) => {
      await Dataset.remove(real.dataset_id)
      world.gone = world.jobs
      world.jobs = []
    },
  ),
}
