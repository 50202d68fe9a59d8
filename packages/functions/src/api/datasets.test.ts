import { describe, expect, test, vi } from "vitest"
import { type Answer, call, post } from "../../test/contract.ts"
import { plainRepo, source, openStage } from "../../test/import-stage.ts"
import { commitOf, memoryFile, repoOf } from "../../../local/src/hub/test-repos.ts"

const names = Array.from({ length: 12 }, (_, n) => `acme/arm-${n}`)
const stage = openStage({
  repos: [
    ...names.map((name) => plainRepo(name)),
    repoOf("acme/gated", [commitOf(1, { "data.csv": memoryFile("a\n1\n") })], { gated: "auto" }),
    repoOf("acme/bag", [commitOf(1, { "run.bag": memoryFile("#ROSBAG V2.0\n") })]),
  ],
})

const create = (repo_id: string, revision = "main") => post("/api/v1/datasets/", { source: source(repo_id, revision) })
const createAll = async () => {
  for (const name of names) expect((await create(name)).status).toBe(201)
}
const ids = (rows: { id: number }[]) => rows.map((row) => row.id)
const linksOf = (response: Response) =>
  Object.fromEntries(
    [...response.headers.get("link")!.matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(([, address, rel]) => [rel, address!]),
  )

describe("an import", () => {
  test("is created at a commit, and says where it is", async () => {
    const response = await create("acme/arm-0")
    expect(response.status).toBe(201)
    expect(response.headers.get("location")).toBe("/api/v1/datasets/1")
    expect(await response.json()).toMatchObject({
      id: 1,
      source: { repo_id: "acme/arm-0", revision: (2).toString(16).padStart(40, "0"), requested_revision: "main" },
      format_type: "custom",
      dataset_metadata: null,
      status: "pending",
      progress: 0,
    })
    expect(stage.woken).toEqual([1])
  })

  test("hands the caller's trace on to the worker, when it is one", async () => {
    const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await post("/api/v1/datasets/", { source: source("acme/arm-0") }, { traceparent: trace })
    await post("/api/v1/datasets/", { source: source("acme/arm-1") }, { traceparent: "00-nonsense" })
    expect(stage.traces).toEqual([trace, undefined])
  })

  test("takes the body of the seed's own client", async () => {
    const body = { source: { type: "huggingface", repo_id: "acme/arm-0", revision: "main" }, format_type: "lerobot" }
    const response = await post("/api/v1/datasets/", body)
    expect(response.status, "it is no LeRobot dataset").toBe(422)
    expect(await response.json()).toMatchObject({ code: "format_unsupported", detail: expect.any(String) })
  })

  test("of the same commit is refused with the id of the one there is", async () => {
    await create("acme/arm-0", "v1.0")
    const again = await create("acme/arm-0", (1).toString(16).padStart(40, "0"))
    expect(again.status).toBe(409)
    expect(again.headers.get("location")).toBe("/api/v1/datasets/1")
    expect(await again.json()).toMatchObject({ code: "dataset_exists", existing_id: 1, status: 409 })
  })

  test("sent 100 times at once is made once", async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => create("acme/arm-0")))
    expect(answers.filter((each) => each.status === 201)).toHaveLength(1)
    const others = answers.filter((each) => each.status !== 201)
    for (const other of others) {
      expect(other.status).toBe(409)
      expect(await other.json()).toMatchObject({ existing_id: 1 })
    }
    expect(await (await call("/api/v1/datasets/")).json()).toHaveLength(1)
  })

  test("says apart what cannot be found, what may not be seen, and what cannot be read", async () => {
    const said = async (repo_id: string, revision?: string) => {
      const response = await create(repo_id, revision)
      const { code, detail } = await response.json()
      expect(detail).toMatch(/\w+ .*\.$/)
      return [response.status, code]
    }
    expect(await said("acme/none")).toEqual([404, "repo_not_found"])
    expect(await said("acme/arm-0", "no-such-branch")).toEqual([404, "revision_not_found"])
    expect(await said("acme/gated")).toEqual([404, "hub_gated"])
    expect(await said("acme/bag")).toEqual([422, "format_unsupported"])
  })

  test("blames the Hub when the Hub is down, and says when to come back", async () => {
    stage.hub.faults.add({ match: () => true, action: "503" })
    const response = await create("acme/arm-0")
    stage.hub.faults.clear()
    expect(response.status).toBe(503)
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0)
    expect(await response.json()).toMatchObject({ code: "hub_unavailable" })
  })

  test("in a batch gives every dataset its own answer, in order", async () => {
    await create("acme/arm-1")
    const datasets = ["acme/arm-0", "acme/arm-1", "acme/none", "acme/arm-2", "acme/arm-2"].map((repo_id) => ({
      source: source(repo_id),
    }))
    const response = await post("/api/v1/datasets/batch", { datasets })
    expect(response.status).toBe(207)
    const items = await response.json()
    expect(items.map((each: { status: number }) => each.status).slice(0, 3)).toEqual([201, 409, 404])
    expect(items[0]).toMatchObject({ dataset: { source: { repo_id: "acme/arm-0" } }, problem: null })
    expect(items[1]).toMatchObject({ dataset: null, problem: { existing_id: 1 } })
    expect(items.slice(3).map((each: { status: number }) => each.status)).toEqual(expect.arrayContaining([201, 409]))
  })

  test("in a batch that takes too long says which were not begun", async () => {
    vi.useFakeTimers({ toFake: ["Date"] })
    try {
      const late = () => void vi.setSystemTime(Date.now() + 21_000)
      stage.hub.faults.add({ match: () => true, times: 1, action: { run: late } })
      const datasets = names.slice(0, 6).map((name) => ({ source: source(name) }))
      const items = await (await post("/api/v1/datasets/batch", { datasets })).json()
      expect(items.map((each: { status: number }) => each.status)).toEqual([201, 201, 201, 201, 503, 503])
      expect(items[5].problem).toMatchObject({ code: "time_limit" })
    } finally {
      vi.useRealTimers()
    }
  })

  test("in a batch of none or over a hundred is refused as a whole", async () => {
    const many = Array.from({ length: 101 }, () => ({ source: source("acme/arm-0") }))
    for (const datasets of [[], many]) {
      const { detail } = await (await post("/api/v1/datasets/batch", { datasets })).json()
      expect(detail).toMatchObject([{ loc: ["body", "datasets"] }])
    }
  })
})

describe("the list", () => {
  test("is walked by its next links, by cursor, without anything twice or left out", async () => {
    await createAll()
    const seen: number[] = []
    let next: string | undefined = "/api/v1/datasets/?limit=5"
    while (next) {
      const response: Answer = await call(next)
      expect(response.headers.get("x-total-count")).toBe("12")
      seen.push(...ids(await response.json()))
      // One that is deleted behind us shifts nothing.
      if (seen.length === 5) await call("/api/v1/datasets/2", { method: "DELETE" })
      if (seen.length === 5) await create("acme/arm-1", "v1.0")
      next = linksOf(response).next
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
  })

  test("is walked by skip as the seed does, and says what is before and after", async () => {
    await createAll()
    const response = await call("/api/v1/datasets?skip=5&limit=5")
    expect(ids(await response.json())).toEqual([6, 7, 8, 9, 10])
    expect(linksOf(response)).toEqual({
      first: "/api/v1/datasets?limit=5&skip=0",
      prev: "/api/v1/datasets?limit=5&skip=0",
      next: "/api/v1/datasets?limit=5&skip=10",
    })
    const last = await call("/api/v1/datasets?skip=10&limit=5")
    expect(ids(await last.json())).toEqual([11, 12])
    expect(linksOf(last).next).toBeUndefined()
    expect(await (await call("/api/v1/datasets?skip=100")).json()).toEqual([])
  })

  test("is filtered, and its links keep the filter", async () => {
    await createAll()
    await create("acme/arm-3", "v1.0")
    const response = await call("/api/v1/datasets?repo_id=acme/arm-3&limit=1")
    expect(response.headers.get("x-total-count")).toBe("2")
    expect(linksOf(response).next).toContain("repo_id=acme%2Farm-3")
    expect(ids(await (await call(linksOf(response).next!)).json())).toEqual([13])
    expect(ids(await (await call("/api/v1/datasets?revision=v1.0")).json())).toEqual([13])
    expect(await (await call("/api/v1/datasets?status=completed")).json()).toEqual([])
    expect(await (await call("/api/v1/datasets?status=pending&format_type=custom")).json()).toHaveLength(13)
  })
})

describe("polling", () => {
  test.each(["/api/v1/datasets/1", "/api/v1/datasets/1/status", "/api/v1/datasets", "/api/v1/datasets/1/jobs"])(
    "of %s costs no body until something has changed",
    async (address) => {
      await create("acme/arm-0")
      const first = await call(address)
      const etag = first.headers.get("etag")!
      expect(first.headers.get("cache-control")).toBe("private, no-cache")
      const poll = () => call(address, { headers: { "if-none-match": `"other", ${etag}` } })
      const unchanged = await poll()
      expect(unchanged.status).toBe(304)
      expect(unchanged.headers.get("etag")).toBe(etag)
      await stage.admin`update job set status = 'running', state_detail = 'running', started_at = now(),
        lease_token = gen_random_uuid(), lease_until = now(), progress = 10, edition = edition + 1`
      const changed = await poll()
      expect(changed.status).toBe(200)
      expect(changed.headers.get("etag")).not.toBe(etag)
    },
  )

  test("a deleted dataset is 404, not unchanged", async () => {
    await create("acme/arm-0")
    const etag = (await call("/api/v1/datasets/1/status")).headers.get("etag")!
    await call("/api/v1/datasets/1", { method: "DELETE" })
    expect((await call("/api/v1/datasets/1/status", { headers: { "if-none-match": etag } })).status).toBe(404)
  })
})

test("the dashboard's counts say null for what no dataset says", async () => {
  expect(await (await call("/api/v1/datasets/stats")).json()).toMatchObject({ datasets: 0, episodes: null })
  await create("acme/arm-0")
  expect(await (await call("/api/v1/datasets/stats")).json()).toMatchObject({
    datasets: 1,
    by_status: { pending: 1, processing: 0 },
    by_format: { custom: 1, lerobot: 0 },
    episodes: null,
  })
})
