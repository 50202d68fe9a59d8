import { beforeEach, describe, expect, test } from "vitest"
import { Job } from "../../../core/src/job/job.ts"
import { call, post } from "../../test/contract.ts"
import { plainRepo, source, openStage } from "../../test/import-stage.ts"

const stage = openStage({ repos: [plainRepo("acme/arm")] })

const usage = { requests: 3, bytes: 400, compute_ms: 5 }
const JOB = "/api/v1/datasets/1/jobs/1"
const start = (params: unknown = "") => post("/api/v1/datasets/1/analyses/metadata_extraction", params)

beforeEach(async () => {
  await post("/api/v1/datasets/", { source: source("acme/arm") })
})

const claim = async () => (await Job.claim(1, ["metadata_extraction"]))!
async function finish() {
  const artifact = { name: "metadata.json", media_type: "application/json", bytes: 2, sha256: "0".repeat(64), key: "k" }
  await Job.complete(await claim(), { result: { a: 1 }, summary: { b: 2 }, artifacts: [artifact], usage })
}

describe("a job", () => {
  test("is in the list without its result, and at its own address with it", async () => {
    await finish()
    const [listed] = await (await call("/api/v1/datasets/1/jobs/")).json()
    expect(listed).toMatchObject({
      id: 1,
      job_type: "metadata_extraction",
      status: "completed",
      result_summary: { b: 2 },
    })
    expect(listed).not.toHaveProperty("result")
    expect(await (await call(JOB)).json()).toMatchObject({ progress: 100, result: { a: 1 }, usage })
  })

  test("is asked for anew, open or completed: unchanged is a short answer", async () => {
    const open = await call(JOB)
    expect(open.headers.get("cache-control")).toBe("private, no-cache")
    const etag = open.headers.get("etag")!
    expect((await call(JOB, { headers: { "if-none-match": etag } })).status).toBe(304)
    await finish()
    const done = await call(JOB, { headers: { "if-none-match": etag } })
    expect(done.status).toBe(200)
    expect(done.headers.get("cache-control")).toBe("private, no-cache")
    const known = { "if-none-match": done.headers.get("etag")! }
    expect((await call(JOB, { headers: known })).status).toBe(304)
  })

  test("of an older version says that it is stale, and no cached answer hides that", async () => {
    await finish()
    const fresh = await call(JOB)
    expect(await fresh.json()).toMatchObject({ stale: false })
    const status = await call("/api/v1/datasets/1/status")
    // The other way round it takes a release: the type's version is now above the row's.
    await stage.admin`update job set job_version = job_version - 1`
    const later = await call(JOB, { headers: { "if-none-match": fresh.headers.get("etag")! } })
    expect(later.status).toBe(200)
    expect(await later.json()).toMatchObject({ stale: true, result: { a: 1 } })
    const known = { "if-none-match": status.headers.get("etag")! }
    const listed = await call("/api/v1/datasets/1/status", { headers: known })
    expect(await listed.json()).toMatchObject({ jobs: [{ stale: true }] })
  })

  test("that failed says why, and is not kept: it may be tried again", async () => {
    const { AppError } = await import("../../../core/src/error.ts")
    await Job.fail(
      await claim(),
      new AppError("file_missing", "meta/info.json is not there.", { path: "meta/info.json" }),
      usage,
    )
    const response = await call(JOB)
    expect(response.headers.get("cache-control")).toBe("private, no-cache")
    expect(await response.json()).toMatchObject({
      status: "failed",
      error_code: "file_missing",
      error: { path: "meta/info.json", retryable: false },
    })
    expect(await (await call("/api/v1/datasets/1/status")).json()).toMatchObject({ status: "failed", progress: 100 })
  })

  test("is found at its own dataset only", async () => {
    expect((await call("/api/v1/datasets/2/jobs/1")).status).toBe(404)
    expect((await call("/api/v1/datasets/1/jobs/2")).status).toBe(404)
    expect((await call("/api/v1/datasets/2/jobs")).status).toBe(404)
    expect((await call("/api/v1/datasets/2/jobs/1/artifacts")).status).toBe(404)
  })

  test("lists its files, each with an address for five minutes", async () => {
    expect(await (await call(`${JOB}/artifacts`)).json()).toEqual([])
    await finish()
    const response = await call(`${JOB}/artifacts`)
    expect(response.headers.get("cache-control")).toBe("no-store")
    const [artifact] = await response.json()
    expect(artifact).toMatchObject({ name: "metadata.json", bytes: 2, url: expect.stringContaining("seconds=300") })
    expect(artifact).not.toHaveProperty("key")
  })
})

describe("starting a job", () => {
  test("that is open already gives that one", async () => {
    const response = await start()
    expect(response.status).toBe(200)
    expect(response.headers.get("location")).toBe(JOB)
    expect(await response.json()).toMatchObject({ id: 1, status: "pending" })
    expect(stage.woken).toEqual([1])
  })

  test("whose result is there gives the result", async () => {
    await finish()
    const response = await start({})
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ id: 1, result: { a: 1 } })
  })

  test("anew after it failed is accepted, and says where and when to look", async () => {
    const { AppError } = await import("../../../core/src/error.ts")
    await Job.fail(await claim(), new AppError("file_missing", "Gone."), usage)
    const response = await start()
    expect(response.status).toBe(202)
    expect(response.headers.get("location")).toBe("/api/v1/datasets/1/jobs/2")
    expect(response.headers.get("retry-after")).toBe("2")
    expect(stage.woken).toEqual([1, 2])
  })

  test("with parameters it does not have names them", async () => {
    const { detail } = await (await start({ fast: true })).json()
    expect(detail).toEqual([{ loc: ["body", "fast"], msg: "Extra inputs are not permitted", type: "extra_forbidden" }])
    expect((await start([])).status).toBe(422)
  })

  test("of a type that is none, or of a dataset that is none, is refused", async () => {
    const unknown = await post("/api/v1/datasets/1/analyses/divination", {})
    expect(unknown.status).toBe(422)
    expect(await unknown.json()).toMatchObject({ detail: [{ loc: ["path", "job_type"] }] })
    expect((await post("/api/v1/datasets/2/analyses/metadata_extraction", {})).status).toBe(404)
  })
})

test("the parameter schemas name exactly the jobs there are, with what they say of each format", async () => {
  const schemas = await (await call("/api/v1/datasets/job-parameter-schemas")).json()
  expect(Object.keys(schemas)).toEqual(["metadata_extraction", "validation", "indexing"])
  expect(schemas.metadata_extraction).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    title: expect.any(String),
    "x-formats": { lerobot: true, hdf5: expect.any(String) },
  })
})

describe("stopping and trying again", () => {
  test("a waiting job is cancelled at once, a running one is going to be; twice is once", async () => {
    await claim()
    const going = await post(`${JOB}/cancel`, "")
    expect(going.status).toBe(202)
    expect(going.headers.get("location")).toBe(JOB)
    expect(await going.json()).toMatchObject({ status: "running", state_detail: "cancelling" })
    expect((await post(`${JOB}/cancel`, "")).status).toBe(202)
    await stage.admin`update job set lease_until = now() - interval '1 second', state_detail = 'running'`
    const gone = await post(`${JOB}/cancel`, {})
    expect(gone.status).toBe(200)
    expect(await gone.json()).toMatchObject({ status: "failed", error_code: "job_cancelled" })
    expect((await post(`${JOB}/cancel`, "")).status).toBe(200)
  })

  test("a cancelled job can be run again, an open one cannot", async () => {
    const open = await post(`${JOB}/retry`, "")
    expect(open.status).toBe(409)
    expect(await open.json()).toMatchObject({ code: "job_not_failed" })
    await post(`${JOB}/cancel`, "")
    const again = await post(`${JOB}/retry`, "")
    expect(again.status).toBe(202)
    expect(again.headers.get("location")).toBe(JOB)
    expect(await again.json()).toMatchObject({ id: 1, status: "pending" })
  })

  test("what has completed can be neither", async () => {
    await finish()
    for (const verb of ["cancel", "retry"]) expect((await post(`${JOB}/${verb}`, "")).status).toBe(409)
    expect((await post("/api/v1/datasets/1/jobs/9/cancel", "")).status).toBe(404)
  })
})
