import { createServer, type RequestListener, type Server } from "node:http"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { stubRequired } from "../../test/settings.ts"
import { resetConfig } from "../config.ts"
import { Hub } from "./hub.ts"
import { clock } from "./request.ts"
import { SearchRequest } from "./schema.ts"

let answer: RequestListener = () => {}
let asked: URL[] = []
let server: Server
let url: string
beforeAll(async () => {
  server = createServer((req, res) => {
    asked.push(new URL(req.url!, url))
    answer(req, res)
  }).listen(0, "127.0.0.1")
  await new Promise((resolve) => server.once("listening", resolve))
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  stubRequired()
  vi.stubEnv("HF_ENDPOINT", url)
  resetConfig()
  vi.spyOn(clock, "sleep").mockResolvedValue(undefined)
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
  vi.unstubAllEnvs()
  resetConfig()
})
beforeEach(() => void (asked = []))
afterEach(() => vi.useRealTimers())

const ask = (request: object, signal?: AbortSignal) => Hub.search(SearchRequest.parse(request), signal)
const item = (id: string, more = {}) => ({
  _id: "0",
  id,
  downloads: 1,
  likes: 0,
  private: false,
  gated: false,
  ...more,
})
/** Endless pages of 100, their ids in a row from `prefix-0`. */
const endless =
  (prefix: string): RequestListener =>
  (req, res) => {
    const here = new URL(req.url!, url)
    if (here.pathname.endsWith("/refs")) {
      const number = Number(/-(\d+)\/refs$/.exec(here.pathname)![1])
      return res.writeHead(200, { "content-type": "application/json" }).end(
        JSON.stringify({
          branches: [],
          tags: [{ name: number % 2 ? "v3.0" : "v2.1", targetCommit: "a".repeat(40) }],
        }),
      )
    }
    const page = Number(here.searchParams.get("cursor") ?? 0)
    here.searchParams.set("cursor", String(page + 1))
    const items = Array.from({ length: 100 }, (_, n) => item(`acme/${prefix}-${page * 100 + n}`))
    res
      .writeHead(200, { "content-type": "application/json", link: `<${here.href}>; rel="next"` })
      .end(JSON.stringify(items))
  }

test("datasets without a card are found and can be pinned", async () => {
  const sha = "a".repeat(40)
  answer = (req, res) => {
    const bare = { _id: "0", id: "acme/bare", sha, private: false, gated: false, disabled: false, tags: [] }
    const body = req.url!.startsWith("/api/datasets?") ? [{ ...bare, downloads: 0, likes: 0 }] : bare
    res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body))
  }
  const { datasets, total, total_is_exact } = await ask({ query: "bare" })
  expect(datasets).toMatchObject([{ repo_id: "acme/bare", licence: null, lerobot_version: null, last_modified: null }])
  expect({ total, total_is_exact }).toEqual({ total: 1, total_is_exact: true })
  expect((await Hub.pin("acme/bare", "main")).card).toEqual({ licence: null, tags: [] })
})

test("a commit that is answered with another one is never taken", async () => {
  answer = (_req, res) =>
    res
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ id: "acme/bare", sha: "b".repeat(40) }))
  await expect(Hub.pin("acme/bare", "a".repeat(40))).rejects.toMatchObject({ code: "hub_bad_answer" })
})

test("counts the Hub does not give are a bad answer, not zero", async () => {
  answer = (_req, res) =>
    res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify([{ id: "acme/x" }]))
  await expect(ask({ query: "countless" })).rejects.toMatchObject({ code: "hub_bad_answer" })
})

test("a far offset is walked to, and what lies beyond the longest walk is refused with a way out", async () => {
  answer = endless("far")
  const page = await ask({ query: "far", offset: 950 })
  expect(page.datasets[0]!.repo_id).toBe("acme/far-950")
  expect(page).toMatchObject({ total: 1000, total_is_exact: false, hasMore: true })
  expect(asked).toHaveLength(10)
  await expect(ask({ query: "far", offset: 100_000 })).rejects.toMatchObject({
    code: "too_large",
    user_action: expect.any(String),
  })
  expect(asked).toHaveLength(200)
})

test("one page of a version costs the look-ups it needs, not one for every dataset of the Hub's page", async () => {
  answer = endless("versioned")
  const { datasets } = await ask({ query: "versioned", filters: { lerobot_version: "3.0" } })
  expect(datasets.map(({ repo_id }) => repo_id)).toEqual([1, 3, 5, 7, 9, 11, 13, 15].map((n) => `acme/versioned-${n}`))
  expect(datasets.every(({ lerobot_version }) => lerobot_version === "3.0")).toBe(true)
  expect(asked.filter(({ pathname }) => pathname.endsWith("/refs"))).toHaveLength(32)
})

test("one searcher that leaves does not end the search of another", async () => {
  let release = () => {}
  answer = (req, res) => void (release = () => endless("shared")(req, res))
  const controller = new AbortController()
  const mine = ask({ query: "shared" }, controller.signal).catch((error: unknown) => error)
  const theirs = ask({ query: "shared" })
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  controller.abort(new Error("closed the page"))
  expect(await mine).toMatchObject({ message: "closed the page" })
  release()
  expect((await theirs).datasets).toHaveLength(8)
  expect(asked).toHaveLength(1)
})

test("what was found is asked for again after a minute", async () => {
  vi.useFakeTimers({ toFake: ["Date"] })
  answer = endless("kept")
  await ask({ query: "kept" })
  vi.advanceTimersByTime(59_000)
  await ask({ query: "kept" })
  expect(asked).toHaveLength(1)
  vi.advanceTimersByTime(2_000)
  await ask({ query: "kept" })
  expect(asked).toHaveLength(2)
})

test("a filter goes to the Hub as its tag, joined by AND, each once", async () => {
  answer = endless("tags")
  await ask({ query: " arm ", sort: "trending", filters: { licence: "mit", task: "robotics", size: "1K<n<10K" } })
  const { searchParams } = asked[0]!
  expect(searchParams.getAll("filter")).toEqual(["task_categories:robotics", "license:mit", "size_categories:1K<n<10K"])
  expect(searchParams.get("search")).toBe("arm")
  expect(searchParams.get("sort")).toBe("trendingScore")
})
