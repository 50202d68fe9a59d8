import { indexDataset, treeOf } from "@robokit/core/test/indexing"
import { buildLeRobot, type LeRobotSpec } from "@robokit/core/format/lerobot/builder"
import { hubFiles } from "@robokit/core/files/hub"
import { beforeEach, describe, expect, test } from "vitest"
import { commitOf, memoryFile, repoOf } from "../../../local/src/hub/test-repos.ts"
import { type Answer, call, post } from "../../test/contract.ts"
import { openStage, source } from "../../test/import-stage.ts"
import { asOperator, useOperatorKey } from "../../test/operator.ts"

const spec: LeRobotSpec = {
  version: "3.0",
  fps: 10,
  robot_type: "so101",
  episodes: Array.from({ length: 7 }, (_, at) => ({
    length: 20 + at,
    tasks: [at % 2 ? "stack the red blocks" : "Öffne die Tür"],
  })),
  signals: [
    {
      name: "action",
      role: "action",
      names: ["pan.pos", "gripper.pos"],
      ranges: [
        [-1, 1],
        [0, 5],
      ],
    },
  ],
}
const tree = await treeOf(await buildLeRobot(spec))
const files = Object.fromEntries(Object.entries(tree).map(([path, bytes]) => [path, memoryFile(Buffer.from(bytes))]))
const shorter = await treeOf(await buildLeRobot({ ...spec, episodes: spec.episodes.slice(0, 5) }))
const repo = repoOf("acme/arm", [
  commitOf(
    1,
    Object.fromEntries(Object.entries(shorter).map(([path, bytes]) => [path, memoryFile(Buffer.from(bytes))])),
  ),
  commitOf(2, files),
])
const stage = openStage({
  repos: [repo, { ...repoOf("acme/private", [commitOf(3, files)]), private: true }],
  tokens: { hf_reader0123456789abcdefgh: { name: "acme" } },
})
useOperatorKey({ HF_TOKEN: "hf_reader0123456789abcdefgh" })

const shaOf = (n: number) => n.toString(16).padStart(40, "0")
const add = async (repo_id: string, n: number) => {
  const made = await post("/api/v1/datasets", { source: source(repo_id, shaOf(n)) }, asOperator)
  const { id } = await made.json()
  await indexDataset(id, hubFiles({ repo_id, revision: shaOf(n) }))
  return id as number
}
const linksOf = (response: Response) =>
  Object.fromEntries(
    [...response.headers.get("link")!.matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(([, address, rel]) => [rel, address!]),
  )
const indexes = async (answer: Answer) =>
  (await answer.json()).map((each: { episode_index: number }) => each.episode_index)

let id: number
beforeEach(async () => void (id = await add("acme/arm", 2)))

describe("the list of episodes", () => {
  test("is sorted, filtered and walked by its next links", async () => {
    const seen: number[] = []
    let next: string | undefined = `/api/v1/datasets/${id}/episodes?sort=-length&limit=3`
    while (next) {
      const response: Answer = await call(next)
      expect(response.headers.get("x-total-count")).toBe("7")
      seen.push(...(await indexes(response)))
      next = linksOf(response).next
    }
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0])
    const red = await call(`/api/v1/datasets/${id}/episodes/?q=RED+blo`)
    expect(red.headers.get("x-total-count")).toBe("3")
    expect(await indexes(red)).toEqual([1, 3, 5])
    const doors = `/api/v1/datasets/${id}/episodes?task=${encodeURIComponent("Öffne die Tür")}&skip=1&limit=2`
    expect(await indexes(await call(doors))).toEqual([2, 4])
  })

  test("has what the Hub needs to show an episode, at the commit", async () => {
    const [, second] = await (await call(`/api/v1/datasets/${id}/episodes`)).json()
    expect(second).toEqual({
      episode_index: 1,
      length: 21,
      duration_s: 2.1,
      tasks: ["stack the red blocks"],
      data: { path: "data/chunk-000/file-000.parquet", rows: { from: 20, to: 41 } },
      videos: [],
      flags: [],
    })
    const one = await call(`/api/v1/datasets/${id}/episodes/1`)
    expect((await one.json()).stats.action.max).toHaveLength(2)
    expect((await call(`/api/v1/datasets/${id}/episodes/7`)).status).toBe(404)
  })

  test("costs no body until there is another index", async () => {
    const address = `/api/v1/datasets/${id}/episodes?limit=2`
    const etag = (await call(address)).headers.get("etag")!
    const ask = () => call(address, { headers: { "if-none-match": etag } })
    expect((await ask()).status).toBe(304)
    await stage.admin`update job set job_version = 0 where job_type = 'indexing'`
    await indexDataset(id, hubFiles({ repo_id: "acme/arm", revision: shaOf(2) }))
    expect((await ask()).status).toBe(200)
  })

  test.each(["sort=random", "cursor=abc", "cursor=1.2.3", "limit=0", "q=" + "x".repeat(1001)])(
    "refuses %s",
    async (query) => {
      expect((await call(`/api/v1/datasets/${id}/episodes?${query}`)).status).toBe(422)
    },
  )

  test("refuses a cursor of another sort", async () => {
    const answer = await call(`/api/v1/datasets/${id}/episodes?sort=length&cursor=3`)
    expect([answer.status, (await answer.json()).code]).toEqual([422, "invalid_params"])
  })

  test("whose job was stopped says so, and of what it does not have claims nothing", async () => {
    const of = (tail = "") => call(`/api/v1/datasets/${id}/episodes${tail}`)
    expect((await of()).headers.has("x-partial")).toBe(false)
    const partial = { reason: "budget_exceeded", detail: "It has read what it may.", done: 1, of: 3 }
    await stage.admin`update job set partial = ${stage.admin.json(partial)} where job_type = 'indexing'`
    await stage.admin`delete from episode where episode_index > 2`
    const list = await of()
    expect(list.headers.get("x-total-count")).toBe("3")
    for (const response of [list, await of("/0")])
      expect(response.headers.get("x-partial")).toBe('done=1, of=3, reason="budget_exceeded"')
    const missing = await of("/5")
    expect(missing.status).toBe(404)
    expect(await missing.json()).toMatchObject({
      code: "not_found",
      detail: "The index has no episode 5, and covers only 1 of 3 parts of this dataset. It has read what it may.",
      user_action: "Start the job `indexing` again.",
    })
  })

  test("of what is not indexed is a conflict that says what to do", async () => {
    await stage.admin`delete from job where job_type = 'indexing'`
    for (const tail of ["episodes", "episodes/1", "episodes/1/frames", `compare/${id}`]) {
      const answer = await call(`/api/v1/datasets/${id}/${tail}`)
      expect(answer.status, tail).toBe(409)
      expect(await answer.json()).toMatchObject({ code: "not_indexed", user_action: "Start the job `indexing`." })
    }
  })
})

describe("the frames of an episode", () => {
  const frames = (query = "", n = 2) => call(`/api/v1/datasets/${id}/episodes/${n}/frames${query}`)

  test("are read from the Hub at the commit, thinned out, and kept for ever", async () => {
    const response = await frames("?points=10&columns=action,timestamp")
    expect(response.status).toBe(200)
    expect(response.headers.get("cache-control")).toBe("private, max-age=31536000, immutable")
    const body = await response.json()
    expect(body).toMatchObject({
      episode_index: 2,
      fps: 10,
      rows: 22,
      flags: [],
      notes: [],
      path: "data/chunk-000/file-000.parquet",
    })
    expect(body.t).toHaveLength(10)
    expect(body.series.map(({ name }: { name: string }) => name).toSorted()).toEqual([
      "action/gripper.pos",
      "action/pan.pos",
      "timestamp",
    ])
    expect(body.read.bytes).toBeGreaterThan(0)
    const again = await call(`/api/v1/datasets/${id}/episodes/2/frames?points=10&columns=action,timestamp`, {
      headers: { "if-none-match": response.headers.get("etag")! },
    })
    expect(again.status).toBe(304)
  })

  test("hold every row where there are fewer than points", async () => {
    const { t, series } = await (await frames()).json()
    expect(t).toHaveLength(22)
    const index = series.find(({ name }: { name: string }) => name === "frame_index")
    expect(index.min).toEqual(Array.from({ length: 22 }, (_, at) => at))
  })

  test.each(["?points=0", "?points=5000", "?points=1e3", "?columns="])("%s is refused", async (query) => {
    expect((await frames(query)).status).toBe(422)
  })

  test.each(["?columns=none", "?columns=,,,", "?columns=__proto__,constructor", "?columns=%00"])(
    "%s names no column, and so has none",
    async (query) => expect((await (await frames(query)).json()).series).toEqual([]),
  )

  test("of an episode there is none of are not found, and a Hub that is down is to blame for itself", async () => {
    expect((await frames("", 77)).status).toBe(404)
    stage.hub.faults.add({ match: () => true, action: "503" })
    const answer = await frames("?points=11")
    stage.hub.faults.clear()
    expect(answer.status).toBe(503)
    expect((await answer.json()).code).toMatch(/^hub_/)
  })
})

test(
  "frames that do not come within eight seconds are given up, and the next ones are read",
  { timeout: 60_000 },
  async () => {
    stage.hub.faults.add({ match: ({ path }) => path.startsWith("data/"), times: 1, action: { delay_ms: 20_000 } })
    const answer = await call(`/api/v1/datasets/${id}/episodes/3/frames`)
    stage.hub.faults.clear()
    expect([answer.status, (await answer.json()).code]).toEqual([503, "time_limit"])
    expect((await call(`/api/v1/datasets/${id}/episodes/3/frames`)).status).toBe(200)
  },
)

describe("the search over all datasets", () => {
  const search = async (query: string, headers = {}) => (await call(`/api/v1/search?${query}`, { headers })).json()

  test("finds in every kind, and of one kind when asked", async () => {
    expect(await search("q=gripper")).toMatchObject({
      features: [{ dataset: { id, repo_id: "acme/arm", revision: shaOf(2) }, name: "action", role: "action" }],
      episodes: [],
    })
    expect((await search("q=blocks&limit=2")).episodes).toHaveLength(2)
    expect(await search("q=blocks&kind=tasks")).toMatchObject({
      tasks: [{ task: "stack the red blocks" }],
      episodes: [],
    })
    expect((await search("q=stack+blockss")).tasks).toHaveLength(1)
    expect(await search("")).toEqual({ episodes: [], tasks: [], features: [] })
  })

  test.each(["'; drop table episode;--", "\\", "%", "zz & | !", "\0", "<script>", "(((", "\ud800"])(
    "takes %j for a text",
    async (q) => {
      expect(await search(`q=${encodeURIComponent(q.toWellFormed())}`)).toEqual({
        episodes: [],
        tasks: [],
        features: [],
      })
    },
  )

  test("shows what is not public to its operator only", async () => {
    const hidden = await add("acme/private", 3)
    const ids = async (headers = {}) =>
      (await search("q=blocks", headers)).tasks.map(({ dataset }: { dataset: { id: number } }) => dataset.id)
    expect(await ids()).toEqual([id])
    expect((await ids(asOperator)).toSorted()).toEqual([id, hidden])
    for (const tail of ["episodes", "episodes/1", "episodes/1/frames", `compare/${id}`]) {
      expect((await call(`/api/v1/datasets/${hidden}/${tail}`)).status, tail).toBe(404)
    }
    expect((await call(`/api/v1/datasets/${id}/compare/${hidden}`)).status).toBe(404)
    expect((await call(`/api/v1/datasets/${hidden}/episodes/1/frames`, { headers: asOperator })).status).toBe(200)
  })
})

test("two commits are compared", async () => {
  const before = await add("acme/arm", 1)
  const partial = { reason: "time_limit", detail: "It took too long.", done: 1, of: 2 }
  await stage.admin`update job set partial = ${stage.admin.json(partial)} where job_type = 'indexing' and dataset_id = ${before}`
  const response = await call(`/api/v1/datasets/${before}/compare/${id}/`)
  expect(await response.json()).toMatchObject({
    from: { id: before, revision: shaOf(1), partial },
    to: { id, revision: shaOf(2), partial: null },
    metadata: null,
    tasks: { added_count: 0, removed_count: 0 },
    features: { added: [], removed: [], changed: [] },
    episodes: { count: { from: 5, to: 7 }, added: [5, 6], removed: [], changed_count: 0 },
  })
})
