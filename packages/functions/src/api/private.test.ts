import { subscribe, unsubscribe } from "node:diagnostics_channel"
import type { IncomingMessage } from "node:http"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { Caller } from "../../../core/src/access/caller.ts"
import { execute, type Runner } from "../../../core/src/job/execute.ts"
import { Job } from "../../../core/src/job/job.ts"
import { jobs } from "../../../core/src/job/registry.ts"
import { hubFiles } from "../../../core/src/files/hub.ts"
import { perform } from "../../../core/src/job/perform.ts"
import { type Answer, call, operations, post, statusUnindexed } from "../../test/contract.ts"
import { openStage, plainRepo, source } from "../../test/import-stage.ts"
import { asOperator, useOperatorKey, withSettings } from "../../test/operator.ts"

const HF_TOKEN = "hf_CANARY0123456789abcdefghij"
const guarded = { "acme/gated": { gated: "auto" }, "acme/private": { private: true } } as const

const stage = openStage({
  repos: [
    plainRepo("acme/open"),
    ...Object.entries(guarded).map(([id, access]) => ({ ...plainRepo(id), ...access })),
    {
      ...plainRepo("acme/versioned"),
      gated: "auto",
      tags: ["task_categories:robotics", "LeRobot"],
      git_tags: { "v3.0": (1).toString(16).padStart(40, "0") },
    },
  ],
  tokens: { [HF_TOKEN]: { name: "acme" } },
})
useOperatorKey({ HF_TOKEN })

/** What each request to the Hub brought as `Authorization`. */
let shown: (string | undefined)[] = []
const witness = (message: unknown) => {
  const { request } = message as { request: IncomingMessage }
  if (`http://${request.headers.host}` === stage.hub.url) shown.push(request.headers.authorization)
}
beforeAll(() => subscribe("http.server.request.start", witness))
afterAll(() => void unsubscribe("http.server.request.start", witness))
beforeEach(() => void (shown = []))

const SEARCH = "/api/datasets/huggingface/search"
const namesOf = async (response: Answer) =>
  (await response.json()).datasets.map((each: { repo_id: string }) => each.repo_id).sort()
const everything = ["acme/gated", "acme/open", "acme/private", "acme/versioned"]
const listed = ["acme/gated", "acme/open", "acme/versioned"]

describe("the server's Hub token", () => {
  // Each sort is a walk of its own, so that nothing is kept from the case before.
  test.each([
    { sort: "downloads", first: "the anonymous", callers: [{}, asOperator] },
    { sort: "likes", first: "the operator", callers: [asOperator, {}] },
  ])("is not used for a search of the anonymous, when $first asked first", async ({ sort, callers }) => {
    const body = { query: "", sort, filters: { robotics: false, author: "acme" } }
    for (const caller of callers) {
      shown = []
      const response = await post(SEARCH, body, caller as Record<string, string>)
      expect(await namesOf(response)).toEqual(caller === asOperator ? everything : listed)
      expect(shown).toEqual([caller === asOperator ? `Bearer ${HF_TOKEN}` : undefined])
    }
  })

  test("is not used by the anonymous for the version of a dataset, nor is what it told", async () => {
    const search = async (caller: object) => {
      shown = []
      const body = { query: "versioned", filters: { lerobot_version: "3.0" } }
      return namesOf(await post(SEARCH, body, caller as Record<string, string>))
    }
    expect(await search(asOperator)).toEqual(["acme/versioned"])
    // The list, and what the repository is tagged with.
    expect(shown).toEqual([`Bearer ${HF_TOKEN}`, `Bearer ${HF_TOKEN}`])
    expect(await search({})).toEqual([])
    expect(shown).toEqual([undefined, undefined])
  })

  test.each(Object.keys(guarded))("does not show the anonymous the revisions of %s", async (id) => {
    const address = `/api/v1/hub/datasets/${id}/revisions`
    const { headers } = await call(address, { headers: asOperator })
    expect(new Set(shown)).toEqual(new Set([`Bearer ${HF_TOKEN}`]))
    shown = []
    const anonymous = await call(address, { headers: { "if-none-match": headers.get("etag")! } })
    expect(anonymous.status).toBe(404)
    expect(new Set(shown)).toEqual(new Set([undefined]))
  })

  test("without a key serves whoever reaches the server, as on a laptop", async () => {
    withSettings({ OPERATOR_KEY: undefined })
    expect(await namesOf(await post(SEARCH, { query: "acme", filters: { robotics: false } }))).toEqual(everything)
  })
})

describe.each(Object.keys(guarded))("a dataset that is not public: %s", (id) => {
  const run: Runner = (task, watch, signal) => perform(task, { registry: jobs, openFiles: hubFiles, watch, signal })
  const work = (job_id: number) => execute(job_id, { registry: jobs, run, time_limit_ms: 20_000 })
  beforeEach(async () => {
    for (const each of ["acme/open", id]) {
      expect((await post("/api/v1/datasets", { source: source(each) }, asOperator)).status).toBe(201)
    }
    // A job is the operator's, also where nobody asks over HTTP.
    expect(await work(2)).toBe("completed")
  })

  const reads = operations.filter(({ method, path }) => method === "GET" && path.includes("{id}"))
  const addressOf = (path: string) => path.replaceAll(/\{\w+\}/g, "2")

  test.each(reads)("$path is 404 to the anonymous, also for one who has its tag", async ({ path, operation }) => {
    const operator = await call(addressOf(path), { headers: asOperator })
    // What an index answers is in `episodes.test.ts`.
    expect(operator.status).toBe(statusUnindexed(operation))
    const unknown = await call(addressOf(path).replaceAll("2", "7"))
    for (const headers of [{}, { "if-none-match": operator.headers.get("etag") ?? "*" }]) {
      const anonymous = await call(addressOf(path), { headers: headers as Record<string, string> })
      expect(anonymous.status).toBe(404)
      const like = (text: string) => text.replaceAll(/\b[27]\b/g, "N").replace(/"request_id":"[^"]*"/, "")
      expect(like(await anonymous.text())).toBe(like(await unknown.clone().text()))
    }
  })

  test("its jobs are not listed, whoever asks core for them", async () => {
    await expect(Caller.as("anonymous", () => Job.list(2))).rejects.toMatchObject({ code: "not_found" })
    expect((await Caller.as("operator", () => Job.list(2))).total).toBe(1)
  })

  test("is left out of lists and counts", async () => {
    const look = async (headers: Record<string, string>) => {
      const list = await call("/api/v1/datasets", { headers })
      const completed = await call("/api/v1/datasets?status=completed", { headers })
      const named = await call(`/api/v1/datasets?repo_id=${id}`, { headers })
      const stats = await (await call("/api/v1/datasets/stats", { headers })).json()
      return {
        list: (await list.json()).map((each: { source: { repo_id: string } }) => each.source.repo_id),
        totals: [list, completed, named].map((each) => Number(each.headers.get("x-total-count"))),
        counts: [stats.datasets, stats.with_metadata, stats.by_status.completed, stats.by_format.custom],
      }
    }
    expect(await look({})).toEqual({ list: ["acme/open"], totals: [1, 0, 0], counts: [1, 0, 0, 1] })
    expect(await look(asOperator)).toEqual({ list: ["acme/open", id], totals: [2, 1, 1], counts: [2, 1, 1, 2] })
  })

  test("its open jobs are not counted either", async () => {
    await work(1)
    await call("/api/v1/datasets/2", { method: "DELETE", headers: asOperator })
    await post("/api/v1/datasets", { source: source(id) }, asOperator)
    const open = async (headers: Record<string, string>) =>
      (await (await call("/api/v1/datasets/stats", { headers })).json()).open_jobs
    expect([await open({}), await open(asOperator)]).toEqual([0, 1])
  })
})

test("the token is in no answer to anybody", async () => {
  await post("/api/v1/datasets", { source: source("acme/private") }, asOperator)
  for (const { path, method } of operations) {
    for (const headers of [{}, asOperator] as Record<string, string>[]) {
      const address = path.replaceAll(
        /\{(\w+)\}/g,
        (_, name: string) => ({ owner: "acme", name: "private", job_type: "metadata_extraction" })[name] ?? "1",
      )
      const json =
        method === "POST" ? { headers: { ...headers, "content-type": "application/json" }, body: "{}" } : { headers }
      const response = await call(address, { method, ...json })
      expect([...response.headers].join() + (await response.text()), `${method} ${path}`).not.toContain("CANARY")
    }
  }
})
