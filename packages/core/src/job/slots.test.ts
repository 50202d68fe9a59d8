import { sql } from "drizzle-orm"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { useDatabase } from "../../test/database.ts"
import { catchMessages, harnessJob, importDataset, keepObjects, outcome } from "../../test/engine.ts"
import { resetConfig } from "../config.ts"
import { use } from "../db/database.ts"
import { execute } from "./execute.ts"
import { Job } from "./job.ts"

const database = useDatabase()
const registry = { metadata_extraction: harnessJob() }
const KNOWN = Object.keys(registry)
let caught: ReturnType<typeof catchMessages>
beforeEach(() => {
  caught = catchMessages()
  keepObjects()
})
const caps = (all?: number, tenant?: number) => {
  for (const [name, value] of [
    ["JOB_RUNNING_CAP", all],
    ["JOB_TENANT_RUNNING_CAP", tenant],
  ] as const) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = String(value)
  }
  resetConfig()
}
afterEach(() => caps())

const importJobs = async (n: number, tenant_id = 1) => {
  const ids = []
  for (let at = 0; at < n; at++) {
    const { id } = await importDataset()
    ids.push((await Job.list(id)).rows[0]!.id)
  }
  await use().execute(sql`update job set tenant_id = ${tenant_id} where id in ${ids}`)
  return ids
}
const go = (id: number) => execute(id, { registry, run: async () => outcome(), time_limit_ms: 10_000 })
const running = async () =>
  (
    await database.admin`select tenant_id, count(*)::int as n from job where status = 'running' group by 1 order by 1`
  ).map((row) => ({ ...row }))

describe("a limit to what may run", () => {
  test("of one tenant holds against 200 claims at once", async () => {
    caps(undefined, 3)
    const ids = await importJobs(200)
    const leases = await Promise.all(ids.map((id) => Job.claim(id, KNOWN)))
    expect(leases.filter(Boolean)).toHaveLength(3)
    expect(await running()).toEqual([{ tenant_id: 1, n: 3 }])
  })

  test("of all holds over the tenants, and one tenant's limit is none of another's", async () => {
    caps(4, 3)
    const [one, two] = [await importJobs(10, 1), await importJobs(10, 2)]
    await Promise.all([...one, ...two].map((id) => Job.claim(id, KNOWN)))
    expect((await running()).reduce((all, { n }) => all + n, 0)).toBe(4)
    caps(undefined, 3)
    await Promise.all([...one, ...two].map((id) => Job.claim(id, KNOWN)))
    expect(await running()).toEqual([
      { tenant_id: 1, n: 3 },
      { tenant_id: 2, n: 3 },
    ])
  })

  test("keeps nobody from taking over a dead worker's job", async () => {
    caps(1)
    const [id] = (await importJobs(1)) as [number]
    await Job.claim(id, KNOWN)
    await use().execute(sql`update job set lease_until = now() - interval '1 second'`)
    expect((await Job.claim(id, KNOWN))!.job.crashes).toBe(1)
  })

  test("makes who finds no room wait, and says so; whoever ends wakes one", async () => {
    caps(undefined, 1)
    const ids = await importJobs(3)
    const held = (await Job.claim(ids[0]!, KNOWN))!
    for (const id of ids.slice(1)) expect(await go(id)).toBe("not_ours")
    const [waiting] = await database.admin`select message, waits_for_room from job where id = ${ids[1]!}`
    expect(waiting).toMatchObject({ waits_for_room: true, message: expect.stringMatching(/^Waits/) })
    await Job.handBack(held, held.job.usage)
    caught.sent.length = 0
    await go(ids[0]!)
    expect(caught.jobs()).toEqual([ids[1]])
    await go(ids[1]!)
    await go(ids[2]!)
    expect((await database.admin`select count(*)::int as n from job where status = 'completed'`)[0]!.n).toBe(3)
  })

  test("is fair: the tenant with less at work is next, however long the other's queue", async () => {
    caps(2)
    const many = await importJobs(20, 1)
    const leases = []
    for (const id of many) leases.push(await Job.claim(id, KNOWN))
    const [single] = (await importJobs(1, 2)) as [number]
    expect(await Job.claim(single, KNOWN)).toBeUndefined()
    caught.sent.length = 0
    const [first] = leases
    await Job.handBack(first!, first!.job.usage)
    await use().execute(sql`update job set run_after = now() + interval '1 hour' where id = ${first!.job.id}`)
    const { passOn } = await import("./slots.ts")
    caught.sent.length = 0
    await passOn()
    expect(caught.jobs()).toEqual([single])
  })
})
