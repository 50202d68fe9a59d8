import { afterEach, beforeEach, expect, test } from "vitest"
import { bury } from "../../../core/src/job/dead-letters.ts"
import { call, post } from "../../test/contract.ts"
import { openStage, plainRepo, source } from "../../test/import-stage.ts"
import { asOperator, OPERATOR_KEY, withSettings } from "../../test/operator.ts"

const stage = openStage({ repos: [plainRepo("acme/arm", 3)] })
const KNOWN = ["metadata_extraction"]
const ids = async (query: string, headers = {}) => {
  const response = await call(`/api/v1/jobs/${query}`, { headers })
  const rows: { id: number }[] = await response.json()
  return {
    ids: rows.map(({ id }) => id),
    total: response.headers.get("x-total-count"),
    link: response.headers.get("link"),
  }
}

afterEach(() => withSettings({ OPERATOR_KEY: undefined }))
beforeEach(async () => {
  for (const n of [1, 2, 3]) {
    const revision = n.toString(16).padStart(40, "0")
    expect((await post("/api/v1/datasets/", { source: source("acme/arm", revision) })).status).toBe(201)
  }
  await bury(1, KNOWN)
  await bury(3, KNOWN)
})

test("dead jobs are listed across datasets, with why and what to do, and paged by cursor", async () => {
  const { ids: first, total, link } = await ids("?state_detail=dead&limit=1")
  expect([first, total]).toEqual([[1], "2"])
  const next = /<([^>]+)>; rel="next"/.exec(link!)![1]!
  expect(next).toContain("state_detail=dead")
  const [last] = await (await call(next)).json()
  expect(last).toMatchObject({
    id: 3,
    dataset_id: 3,
    state_detail: "dead",
    error_code: "dead_lettered",
    error: { user_action: expect.stringContaining("Retry") },
  })
  expect(last).not.toHaveProperty("result")
})

test("filters combine, and one that fits nothing is an empty list", async () => {
  expect((await ids("?status=pending")).ids).toEqual([2])
  expect((await ids("?job_type=metadata_extraction&status=failed")).ids).toEqual([1, 3])
  expect((await ids("?job_type=conversion")).ids).toEqual([])
  expect((await ids("?cursor=2")).ids).toEqual([3])
  expect((await call("/api/v1/jobs?state_detail=asleep")).status).toBe(422)
})

test("a job is found by its id alone, and asking again for the same is a short answer", async () => {
  const found = await call("/api/v1/jobs/3")
  expect(await found.json()).toMatchObject({ id: 3, dataset_id: 3 })
  const known = { "if-none-match": found.headers.get("etag")! }
  expect((await call("/api/v1/jobs/3", { headers: known })).status).toBe(304)
  expect((await call("/api/v1/jobs/4")).status).toBe(404)
})

test("who is not the operator sees no job of a dataset that is not public", async () => {
  await stage.admin`update dataset set access = '{"private": true, "gated": false}' where id = 3`
  withSettings({ OPERATOR_KEY })
  expect(await ids("?state_detail=dead")).toMatchObject({ ids: [1], total: "1" })
  expect(await ids("?state_detail=dead", asOperator)).toMatchObject({ ids: [1, 3], total: "2" })
  expect((await call("/api/v1/jobs/3")).status).toBe(404)
  expect((await call("/api/v1/jobs/3", { headers: asOperator })).status).toBe(200)
})
