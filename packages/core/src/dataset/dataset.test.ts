import { sql } from "drizzle-orm"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { type SampleHub, startSampleHub } from "../../../local/src/hub/server.ts"
import { commitOf, memoryFile, repoOf } from "../../../local/src/hub/test-repos.ts"
import { useDatabase } from "../../test/database.ts"
import { catchMessages, importDataset, keepObjects, newSha, outcome } from "../../test/engine.ts"
import { resetConfig } from "../config.ts"
import { use } from "../db/database.ts"
import { hubFiles } from "../files/hub.ts"
import { execute, type Runner } from "../job/execute.ts"
import { Job } from "../job/job.ts"
import { perform } from "../job/perform.ts"
import { jobs } from "../job/registry.ts"
import { datasetTable } from "./dataset.sql.ts"
import { Dataset } from "./dataset.ts"
import { Create, DatasetInfo, DatasetStats, DatasetStatus } from "./schema.ts"

useDatabase()

const first = commitOf(1, { "README.md": memoryFile("# Arm"), "a.csv": memoryFile("t,x\n1,2\n") })
const second = commitOf(2, { "README.md": memoryFile("# Arm"), "a.csv": memoryFile("t,x,y\n1,2,3\n") })

let hub: SampleHub
let caught: ReturnType<typeof catchMessages>
beforeAll(async () => {
  hub = await startSampleHub({
    repos: [
      repoOf("team/arm", [first, second], {
        renamed_from: ["team/old-arm"],
        git_tags: { "v2.1": first.id, keep: first.id },
      }),
    ],
  })
  Object.assign(process.env, { HF_ENDPOINT: hub.url, HF_REDIRECT_HOSTS: hub.cdn_url })
  resetConfig()
})
afterAll(async () => {
  delete process.env.HF_ENDPOINT
  delete process.env.HF_REDIRECT_HOSTS
  resetConfig()
  await hub.close()
})
beforeEach(() => {
  hub.faults.clear()
  hub.setBranch("team/arm", "main", second.id)
  caught = catchMessages()
  keepObjects()
})

const create = (repo_id = "team/arm", revision = "main", format_type: Create["format_type"] = "auto") =>
  Dataset.create({ source: { type: "huggingface", repo_id, revision }, format_type })
const asked = () => Object.values(hub.requests).reduce((sum, each) => sum + each, 0)
const inPlace: Runner = (task, watch, signal) => perform(task, { registry: jobs, openFiles: hubFiles, watch, signal })
const work = (id: number, run: Runner = inPlace) => execute(id, { registry: jobs, run, time_limit_ms: 20_000 })

describe("an import", () => {
  test("is pinned to the commit of that moment, and its metadata job is queued", async () => {
    const dataset = await create()
    DatasetInfo.strict().parse(dataset)
    expect(dataset).toMatchObject({
      source: { repo_id: "team/arm", revision: second.id, requested_revision: "main" },
      format_type: "custom",
      dataset_metadata: null,
      status: "pending",
      progress: 0,
    })
    expect(caught.jobs()).toEqual([1])
    hub.setBranch("team/arm", "main", first.id)
    expect((await Dataset.get(dataset.id)).source.revision).toBe(second.id)
  })

  test("ends with metadata whose cost counts what pinning and detection asked, too", async () => {
    const before = asked()
    const dataset = await create()
    await work(1)
    const { dataset_metadata, status, progress } = await Dataset.get(dataset.id)
    expect({ status, progress }).toEqual({ status: "completed", progress: 100 })
    expect(dataset_metadata).toMatchObject({ format: "custom", files: { count: 2 }, read: { files: 1 } })
    expect(dataset_metadata!.read.requests).toBe(asked() - before)
    const [job] = (await Job.list(dataset.id)).rows
    expect(job!.usage.requests).toBeLessThan(dataset_metadata!.read.requests)
    expect((await Job.artifacts(dataset.id, 1)).map((each) => each.name)).toEqual(["metadata.json"])
  })

  test("keeps where main and the versions were then, by whatever name it is asked for", async () => {
    await create("team/old-arm", first.id)
    hub.setBranch("team/arm", "main", first.id)
    const [row] = await use().select({ card: datasetTable.card }).from(datasetTable)
    const { read_at, ...refs } = row!.card.refs!
    expect(refs).toEqual({ main: second.id, versions: [{ name: "v2.1", commit: first.id }] })
    expect(Math.abs(Date.now() - Date.parse(read_at))).toBeLessThan(60_000)
  })

  test("of the same commit is a conflict that names the first, by whatever name it is asked for", async () => {
    const { id } = await create()
    const conflict = { code: "dataset_exists", extra: { existing_id: id } }
    await expect(create()).rejects.toMatchObject(conflict)
    await expect(create("team/arm", second.id, "custom")).rejects.toMatchObject(conflict)
    await expect(create("team/old-arm")).rejects.toMatchObject(conflict)
    expect((await create("team/arm", first.id)).id).not.toBe(id)
  })

  test("of a commit that is known asks the Hub nothing", async () => {
    await create()
    const before = asked()
    await expect(create("team/arm", second.id)).rejects.toMatchObject({ code: "dataset_exists" })
    expect(asked()).toBe(before)
  })

  test("100 times at once makes one dataset with one job", async () => {
    const all = await Promise.allSettled(Array.from({ length: 100 }, () => create()))
    const made = all.filter((each) => each.status === "fulfilled")
    const refused = all.flatMap((each) => (each.status === "rejected" ? [each.reason.code as string] : []))
    expect(made).toHaveLength(1)
    expect(refused).toEqual(Array.from({ length: 99 }, () => "dataset_exists"))
    expect(await use().execute(sql`select count(*)::int as n from job`)).toMatchObject([{ n: 1 }])
    expect(caught.jobs()).toHaveLength(1)
  })

  test("that the Hub does not allow or cannot answer leaves nothing behind", async () => {
    await expect(create("team/nothing")).rejects.toMatchObject({
      code: expect.stringMatching(/repo_not_found|hub_auth/),
    })
    await expect(create("team/arm", "no-such-branch")).rejects.toMatchObject({ code: "revision_not_found" })
    await expect(create("team/arm", "main", "lerobot")).rejects.toMatchObject({ code: "format_unsupported" })
    expect((await Dataset.list({ skip: 0, limit: 10 })).total).toBe(0)
    expect(caught.sent).toEqual([])
  })

  test("whose job meets an outage of the Hub waits, and is not called broken", async () => {
    const dataset = await create()
    await work(1, async () => {
      const { AppError } = await import("../error.ts")
      throw new AppError("hub_unavailable", "The Hub is down.")
    })
    expect(await Dataset.get(dataset.id)).toMatchObject({ status: "processing" })
    expect((await Dataset.status(dataset.id)).jobs).toMatchObject([{ status: "pending", state_detail: "retry_wait" }])
  })
})

describe("the state of a dataset", () => {
  const done: Runner = async () => outcome({})
  const stateOf = async (id: number) => {
    const { status, progress } = await Dataset.get(id)
    return [status, progress]
  }

  test("follows its jobs: pending, processing with their mean progress, then what the metadata job says", async () => {
    const { id } = await importDataset()
    expect(await stateOf(id)).toEqual(["pending", 0])
    const lease = (await Job.claim(1, ["metadata_extraction"]))!
    await Job.progress(lease, { percent: 50 }, lease.job.usage)
    expect(await stateOf(id)).toEqual(["processing", 50])
    await Job.complete(lease, { result: {}, summary: {}, artifacts: [], usage: lease.job.usage })
    expect(await stateOf(id)).toEqual(["completed", 100])
  })

  test("is failed when its newest metadata job failed, and only then", async () => {
    const { id } = await importDataset()
    await work(1, async () => outcome({}))
    await use()
      .execute(sql`insert into job (dataset_id, job_type, job_version, params, params_hash, status, state_detail,
      completed_at, error_code, error) values (${id}, 'other', 1, '{}', ${"b".repeat(64)}, 'failed', 'failed', now(), 'x', '{}')`)
    expect(await stateOf(id)).toEqual(["completed", 100])
    await use().execute(sql`update job set job_type = 'metadata_extraction' where id = 2`)
    expect(await stateOf(id)).toEqual(["failed", 100])
  })

  test("comes with the verdict of the newest validation of all its episodes by all rules", async () => {
    const { id } = await importDataset()
    const verdicts = async () => {
      const { rows } = await Dataset.list({ skip: 0, limit: 10 })
      return [(await Dataset.get(id)).verdict, rows[0]!.verdict]
    }
    const validated = (verdict: string, params = {}) =>
      use().execute(sql`insert into job (dataset_id, job_type, job_version, params, params_hash, status, state_detail,
        progress, started_at, completed_at, result, result_summary) values (${id}, 'validation', 1,
        ${JSON.stringify(params)}::jsonb, ${"b".repeat(64)}, 'completed', 'completed', 100, now(), now(), '{}',
        ${JSON.stringify({ verdict })}::jsonb)`)
    expect(await verdicts()).toEqual([null, null])
    await validated("fail")
    await validated("pass", { episodes: "0:3" })
    await validated("pass", { suppress: ["VAL-DEAD"] })
    expect(await verdicts()).toEqual(["fail", "fail"])
    await validated("pass", { suppress: [] })
    expect(await verdicts()).toEqual(["pass", "pass"])
  })

  test("has another version whenever it would read otherwise, and the same as long as it would not", async () => {
    const { id } = await importDataset()
    const seen = [await Dataset.version(id)]
    expect(await Dataset.version(id)).toBe(seen[0])
    const lease = (await Job.claim(1, ["metadata_extraction"]))!
    seen.push(await Dataset.version(id))
    await Job.heartbeat(lease)
    expect(await Dataset.version(id)).toBe(seen[1])
    await Job.progress(lease, { percent: 7 }, lease.job.usage)
    seen.push(await Dataset.version(id))
    await Job.complete(lease, { result: {}, summary: {}, artifacts: [], usage: lease.job.usage })
    seen.push(await Dataset.version(id))
    expect(new Set(seen).size).toBe(4)
  })

  test("filters a list, which pages by offset and by cursor", async () => {
    const made = []
    for (let each = 0; each < 6; each++) {
      made.push(await importDataset({ repo_id: each < 2 ? "acme/leg" : "acme/arm", revision: newSha() }))
    }
    await work(1, done)
    await work(2, done)
    const ids = async (options: Partial<Parameters<typeof Dataset.list>[0]>) => {
      const { rows, total } = await Dataset.list({ skip: 0, limit: 10, ...options })
      return [rows.map((row) => row.id), total]
    }
    expect(await ids({ repo_id: "acme/leg" })).toEqual([[1, 2], 2])
    expect(await ids({ status: "completed" })).toEqual([[1, 2], 2])
    expect(await ids({ status: "pending", limit: 3 })).toEqual([[3, 4, 5], 4])
    expect(await ids({ revision: made[4]!.source.revision })).toEqual([[5], 1])
    expect(await ids({ revision: "main", skip: 4 })).toEqual([[5, 6], 6])
    expect(await ids({ format_type: "parquet" })).toEqual([[], 0])
    const page = await Dataset.list({ skip: 0, limit: 4 })
    expect(page.next_cursor).toBe("4")
    expect(await Dataset.list({ skip: 0, limit: 4, cursor: page.next_cursor! })).toMatchObject({
      rows: [{ id: 5 }, { id: 6 }],
      next_cursor: null,
    })
  })

  test("sums up for the dashboard, and an unknown sum is null", async () => {
    expect(await Dataset.stats()).toMatchObject({ datasets: 0, episodes: null, frames: null, bytes: null })
    await importDataset()
    await importDataset({ format_type: "rosbag" })
    await work(1, async () => outcome({ episode_count: 7, frame_count: null, files: { bytes: 3_000_000_000 } }))
    const stats = await Dataset.stats()
    DatasetStats.strict().parse(stats)
    expect(stats).toMatchObject({
      datasets: 2,
      with_metadata: 1,
      open_jobs: 1,
      by_status: { pending: 1, processing: 0, completed: 1, failed: 0 },
      by_format: { lerobot: 1, rosbag: 1, custom: 0 },
      episodes: 7,
      frames: null,
      bytes: 3_000_000_000,
    })
  })
})

test("the status lists every job without its result", async () => {
  const { id } = await importDataset()
  await work(1, async () => outcome({}))
  DatasetStatus.strict().parse(await Dataset.status(id))
})

test("what does not exist is not found, by every verb", async () => {
  for (const verb of [Dataset.get, Dataset.status, Dataset.version, Dataset.remove]) {
    await expect(verb(404)).rejects.toMatchObject({ code: "not_found" })
  }
})
