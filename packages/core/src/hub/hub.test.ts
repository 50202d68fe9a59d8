import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest"
import { stubRequired } from "../../test/settings.ts"
import { type SampleHub, startSampleHub } from "../../../local/src/hub/server.ts"
import { commitOf, memoryFile, repoOf } from "../../../local/src/hub/test-repos.ts"
import { resetConfig } from "../config.ts"
import { Hub } from "./hub.ts"
import { clock } from "./request.ts"
import { SearchRequest } from "./schema.ts"

const commits = Array.from({ length: 45 }, (_, at) => commitOf(at + 1, { "README.md": memoryFile(`${at}`) }))
const head = commits.at(-1)!
const tags = ["LeRobot", "task_categories:robotics", "license:mit"]

let hub: SampleHub
beforeAll(async () => {
  hub = await startSampleHub({
    repos: [
      repoOf("acme/arm", commits, {
        tags,
        downloads: 9,
        git_tags: { "v2.1": commits[3]!.id, "v3.0": head.id },
        renamed_from: ["acme/old-arm"],
      }),
      repoOf("acme/old", commits, { tags, downloads: 8, git_tags: { "v2.1": head.id } }),
      repoOf("acme/disabled", commits, { disabled: true, tags: [] }),
      repoOf("acme/gated", commits, { gated: "manual" }),
      repoOf("acme/secret", commits, { private: true }),
      ...Array.from({ length: 333 }, (_, at) =>
        repoOf(`crowd/set-${at}`, [commitOf(at + 100, {})], { downloads: at % 7 }),
      ),
    ],
    quota: { anonymous: { api: 100_000, resolvers: 100_000, pages: 100_000 } },
  })
  vi.stubEnv("HF_ENDPOINT", hub.url)
  stubRequired()
  resetConfig()
  vi.spyOn(clock, "sleep").mockResolvedValue(undefined)
})
afterEach(() => hub.faults.clear())
afterAll(async () => {
  await hub.close()
  vi.unstubAllEnvs()
  resetConfig()
})

describe("pin", () => {
  test.each([
    ["main", head.id],
    ["v2.1", commits[3]!.id],
    [commits[5]!.id, commits[5]!.id],
  ])("%s becomes a commit in one request", async (revision, commit) => {
    const usage = { requests: 0, bytes: 0, files: 0 }
    expect(await Hub.pin("acme/arm", revision, usage)).toEqual({
      repo_id: "acme/arm",
      revision: commit,
      card: { licence: "mit", tags },
      private: false,
      gated: false,
    })
    expect(usage.requests).toBe(1)
  })

  test("a renamed repository is followed to its new name", async () => {
    expect(await Hub.pin("acme/old-arm", "main")).toMatchObject({ repo_id: "acme/arm" })
  })

  test.each([
    ["acme/none", "main", "repo_not_found"],
    ["acme/secret", "main", "repo_not_found"],
    ["acme/arm", "nope", "revision_not_found"],
    ["acme/disabled", "main", "hub_repo_disabled"],
  ])("%s@%s is %s", async (repo_id, revision, code) => {
    await expect(Hub.pin(repo_id, revision)).rejects.toMatchObject({ code, message: expect.stringContaining(repo_id) })
  })

  test.each(["500", "html", "truncate", "reset"] as const)("%s is the Hub's error", async (action) => {
    hub.faults.add({ match: ({ kind }) => kind === "info", action })
    await expect(Hub.pin("acme/arm", "main")).rejects.toMatchObject({ kind: "hub" })
  })
})

test("revisions name branches, tags and every commit, page by page", async () => {
  const seen: string[] = []
  for (let page: number | null = 0; page !== null;) {
    const revisions = await Hub.revisions("acme/arm", page)
    expect(revisions.branches).toEqual([{ name: "main", commit: head.id }])
    expect(revisions.tags.map(({ name }) => name).sort()).toEqual(["v2.1", "v3.0"])
    seen.push(...revisions.commits.map(({ id }) => id))
    page = revisions.next
  }
  expect(seen).toEqual(commits.map(({ id }) => id).reverse())
})

describe("search", () => {
  const ask = (request: object) => Hub.search(SearchRequest.parse(request))

  test("pages from the first to the last with nothing twice and an exact total at the end", async () => {
    const seen: string[] = []
    for (let offset = 0; ; offset += 50) {
      const page = await ask({ limit: 50, offset })
      seen.push(...page.datasets.map(({ repo_id }) => repo_id))
      if (page.hasMore) continue
      expect(page).toMatchObject({ total: seen.length, total_is_exact: true })
      break
    }
    // All but the one that is private and the one that is not tagged as robotics.
    expect(seen).toHaveLength(336)
    expect(new Set(seen).size).toBe(336)
  })

  test("a far page costs the pages before it once, and the same question again costs nothing", async () => {
    const before = hub.requests.search
    await Promise.all([ask({ query: "set", offset: 250 }), ask({ query: "set", offset: 250 }), ask({ query: "set" })])
    expect(hub.requests.search - before).toBe(3)
  })

  test("filters are the Hub's own", async () => {
    const only = async (filters: object) => (await ask({ filters })).datasets.map(({ repo_id }) => repo_id)
    expect(await only({ licence: "mit" })).toEqual(["acme/arm", "acme/old"])
    expect(await only({ author: "acme", robotics: false })).toContain("acme/disabled")
    expect(await only({ task: "nothing-like-it" })).toEqual([])
  })

  test("a LeRobot version is looked up in the repository's tags, since no listing tells it", async () => {
    const { datasets } = await ask({ filters: { lerobot_version: "3.0" } })
    expect(datasets).toMatchObject([{ repo_id: "acme/arm", lerobot_version: "3.0", licence: "mit", gated: false }])
  })

  test("a Hub that fails is said, and the next question is asked anew", async () => {
    hub.faults.add({ match: ({ kind }) => kind === "search", action: "503" })
    await expect(ask({ query: "gated" })).rejects.toMatchObject({ code: "hub_unavailable" })
    hub.faults.clear()
    expect((await ask({ query: "gated" })).datasets).toMatchObject([{ repo_id: "acme/gated", gated: true }])
  })
})
