import { describe, expect, test } from "vitest"
import { type Answer, call, post } from "../../test/contract.ts"
import { plainRepo, openStage } from "../../test/import-stage.ts"
import { hubInUse } from "./hub.ts"

const names = Array.from({ length: 30 }, (_, n) => `acme/arm-${String(n).padStart(2, "0")}`)
const stage = openStage({ repos: [...names.map((name) => plainRepo(name)), plainRepo("acme/many", 45)] })

const SEARCH = "/api/datasets/huggingface/search"

describe("search", () => {
  test("pages from the first page to the last, as the seed's client does, with nothing twice", async () => {
    const seen: string[] = []
    for (let page = 0; ; page++) {
      const response = await post(SEARCH, { query: "arm-", limit: 8, offset: page * 8, sort: "downloads" })
      expect(response.status).toBe(200)
      const { datasets, hasMore, total, total_is_exact, offset, limit } = await response.json()
      expect([offset, limit]).toEqual([page * 8, 8])
      seen.push(...datasets.map((each: { repo_id: string }) => each.repo_id))
      if (hasMore) continue
      expect([total, total_is_exact]).toEqual([30, true])
      break
    }
    expect(seen.toSorted()).toEqual(names)
  })

  test("of nothing finds nothing", async () => {
    const response = await post(SEARCH, { query: "no-such-thing" })
    expect(await response.json()).toMatchObject({ datasets: [], total: 0, hasMore: false })
  })

  test("keeps to its limits", async () => {
    for (const [body, field] of [
      [{ limit: 7 }, "limit"],
      [{ limit: 51 }, "limit"],
      [{ offset: -1 }, "offset"],
      [{ sort: "stars" }, "sort"],
      [{ pages: 1 }, "pages"],
    ] as const) {
      const { detail } = await (await post(SEARCH, body)).json()
      expect(detail).toMatchObject([{ loc: ["body", field] }])
    }
  })

  test("blames the Hub for what is the Hub's", async () => {
    stage.hub.faults.add({ match: () => true, action: "502" })
    const response = await post(SEARCH, { query: "asked-only-here" })
    stage.hub.faults.clear()
    expect(response.status).toBe(503)
    expect(response.headers.get("retry-after")).toMatch(/^\d+$/)
    expect((await response.json()).code).toMatch(/^hub_/)
  })
})

describe("revisions", () => {
  test("list branches and tags, and page through the commits to the first", async () => {
    const commits: string[] = []
    let page: number | null = 0
    while (page !== null) {
      const response: Answer = await call(`/api/v1/hub/datasets/acme/many/revisions?page=${page}`)
      const revisions = await response.json()
      expect(revisions.branches).toMatchObject([{ name: "main" }])
      expect(revisions.tags).toMatchObject([{ name: "v1.0" }])
      commits.push(...revisions.commits.map((each: { id: string }) => each.id))
      page = revisions.next
    }
    expect(new Set(commits).size).toBe(45)
    expect(commits).toHaveLength(45)
  })

  test("of an unknown repository are 404", async () => {
    const response = await call("/api/v1/hub/datasets/acme/none/revisions")
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ code: "repo_not_found" })
  })
})

test("the Hub in use is named for what it is", async () => {
  const response = await call("/api/v1/hub")
  expect(await response.json()).toEqual({
    endpoint: stage.hub.url,
    name: "Sample Hub",
    is_sample: true,
    operator_key: "not_set",
  })
  expect(hubInUse("https://huggingface.co")).toEqual({
    endpoint: "https://huggingface.co",
    name: "Hugging Face Hub",
    is_sample: false,
  })
  expect(hubInUse("https://hub.example.org/x")).toMatchObject({ name: "hub.example.org", is_sample: false })
})
