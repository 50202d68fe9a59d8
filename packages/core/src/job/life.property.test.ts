import fc from "fast-check"
import { sql } from "drizzle-orm"
import { expect, test } from "vitest"
import { booksOfBudgets, booksOfJobs } from "../../test/books.ts"
import { useDatabase } from "../../test/database.ts"
import { catchMessages, importDataset, keepObjects } from "../../test/engine.ts"
import { Dataset } from "../dataset/dataset.ts"
import { use } from "../db/database.ts"
import { AppError } from "../error.ts"
import { bury } from "./dead-letters.ts"
import { Job } from "./job.ts"
import { jobTable } from "./job.sql.ts"
import { SIZE_CLASSES, type SizeClass } from "./schema.ts"
import { larger, upTo } from "./size-class.ts"
import { sweep } from "./sweep.ts"

useDatabase()
const KNOWN = ["metadata_extraction"]
const usage = { requests: 1, bytes: 1, compute_ms: 1 }

const COMMANDS = [
  "claim",
  "beat",
  "progress",
  "complete",
  "fail",
  "weather",
  "out_of_memory",
  "crash",
  "hand_back",
  "silence",
  "due",
  "sweep",
  "bury",
  "cancel",
  "obey",
  "retry",
  "delete",
] as const
type Lease = Job.Lease
type Command = (typeof COMMANDS)[number]

/** What the sequence of commands may assume; the schema's constraints refuse illegal rows by themselves. */
interface World {
  dataset_id: number
  job_id: number
  leases: Lease[]
  /** The end, once it was seen: nothing may change any more. */
  end?: typeof jobTable.$inferSelect
}

const row = async (id: number) =>
  (
    await use()
      .select()
      .from(jobTable)
      .where(sql`${jobTable.id} = ${id}`)
  )[0]

async function act(world: World, command: Command, which: number, percent: number) {
  const lease = world.leases.at(which % Math.max(1, world.leases.length))
  const { job_id } = world
  if (command === "claim") {
    const most = SIZE_CLASSES[which % SIZE_CLASSES.length]!
    const claimed = await Job.claim(job_id, KNOWN, most)
    if (claimed) expect(upTo(most)).toContain(claimed.job.size_class)
    if (claimed) world.leases.push(claimed)
    return claimed !== undefined
  }
  if (command === "silence")
    return void (await use().execute(
      sql`update job set lease_until = now() - interval '1 second' where status = 'running'`,
    ))
  if (command === "due")
    return void (await use().execute(sql`update job set run_after = now() where status = 'pending'`))
  if (command === "sweep") return void (await sweep(KNOWN))
  if (command === "bury") return void (await bury(job_id, KNOWN))
  if (command === "delete") return void (percent > 90 && (await Dataset.remove(world.dataset_id).catch(isNotFound)))
  if (command === "cancel") return cancel(world)
  if (command === "retry") return retry(world)
  if (!lease) return undefined
  const before = await row(job_id)
  // Who is told to stop may do that, and nothing else any more.
  const wanted = command === "obey" ? "cancelling" : "running"
  const isHolder = before?.state_detail === wanted && before.lease_token === lease.token
  const wrote = await write(lease, command, percent)
  // The guard decides, and it decides rightly.
  expect(wrote).toBe(isHolder)
  if (!wrote) expect(await row(job_id)).toEqual(before)
  else if (command === "progress") expect((await row(job_id))!.progress).toBeGreaterThanOrEqual(before!.progress)
}

async function cancel({ dataset_id, job_id }: World) {
  const before = await row(job_id)
  const said = await Job.cancel(dataset_id, job_id).catch((error: AppError) => error.code)
  if (!before) return expect(said).toBe("not_found")
  const isOver = before.status === "completed" || (before.status === "failed" && before.state_detail !== "cancelled")
  if (isOver) expect(said).toBe("job_finished")
  else expect(said).toMatchObject({ state_detail: expect.stringMatching(/^cancell(ed|ing)$/) })
}

async function retry(world: World) {
  const before = await row(world.job_id)
  const said = await Job.retry(world.dataset_id, world.job_id).catch((error: AppError) => error.code)
  if (before?.status !== "failed") return expect(said).toBe(before ? "job_not_failed" : "not_found")
  expect(said).toMatchObject({ status: "pending" })
  // The only way out of an end.
  delete world.end
}

function write(lease: Lease, command: Command, percent: number): Promise<boolean> {
  if (command === "beat") return Job.heartbeat(lease)
  if (command === "progress") return Job.progress(lease, { percent }, usage)
  if (command === "complete") return Job.complete(lease, { result: { percent }, summary: {}, artifacts: [], usage })
  if (command === "fail") return Job.fail(lease, new AppError("dataset_malformed", "No."), usage)
  if (command === "weather") return Job.fail(lease, new AppError("hub_timeout", "Slow."), usage)
  if (command === "out_of_memory") return Job.fail(lease, new AppError("memory_limit", "Full."), usage)
  if (command === "obey") return Job.endIfCancelled(lease, usage)
  if (command === "crash") return Job.crashed(lease, usage)
  return Job.handBack(lease, usage)
}

/** Budgets have reserved what open jobs have, and spent what ended ones did, those since deleted included. */
async function expectBalance() {
  const jobs = await booksOfJobs()
  const [first, ...others] = await booksOfBudgets()
  for (const each of others) expect(each).toEqual(first)
  expect(first!.reserved).toBe(jobs.reserved)
  expect(first!.spent).toBeGreaterThanOrEqual(jobs.spent)
}

const isNotFound = (error: unknown) => {
  if (!(error instanceof AppError) || error.code !== "not_found") throw error
}

test("no sequence of commands, in whatever order and from whomever, makes an illegal state or changes an end", async () => {
  catchMessages()
  keepObjects()
  let ends = 0
  let moves = 0
  const command = fc.record({
    command: fc.oneof(
      { weight: 4, arbitrary: fc.constant<Command>("claim") },
      { weight: 2, arbitrary: fc.constantFrom<Command>("silence", "due") },
      { weight: 8, arbitrary: fc.constantFrom(...COMMANDS) },
    ),
    which: fc.nat(5),
    percent: fc.integer({ min: -10, max: 200 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 25 }), async (commands) => {
      const { id } = await importDataset()
      const world: World = { dataset_id: id, job_id: (await Job.list(id)).rows[0]!.id, leases: [] }
      let attempt = 0
      let size_class: SizeClass = "light"
      for (const { command, which, percent } of commands) {
        await act(world, command, which, percent)
        const now = await row(world.job_id)
        if (world.end && now) expect(now).toEqual(world.end)
        if (!now) continue
        // Attempts only grow, by claims alone.
        expect(now.attempt).toBeGreaterThanOrEqual(attempt)
        expect(now.attempt).toBe(world.leases.length)
        attempt = now.attempt
        // It moves one class at a time, and never down.
        expect([size_class, larger(size_class)]).toContain(now.size_class)
        if (now.size_class !== size_class) moves++
        size_class = now.size_class
        if (!world.end && (now.status === "completed" || now.status === "failed")) {
          world.end = now
          ends++
        }
      }
      await expectBalance()
      // A sweep of this run must not find the jobs of the last.
      await Dataset.remove(id).catch(isNotFound)
    }),
    { numRuns: 300 },
  )
  // Commands that lead nowhere would prove nothing.
  expect(ends).toBeGreaterThan(100)
  expect(moves).toBeGreaterThan(20)
}, 240_000)
