import { createServer } from "node:http"
import fc from "fast-check"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest"
import { stubRequired } from "../../test/settings.ts"
import { type SampleHub, startSampleHub } from "../../../local/src/hub/server.ts"
import { commitOf, memoryFile, repoOf } from "../../../local/src/hub/test-repos.ts"
import { resetConfig } from "../config.ts"
import { apiAddress, resolveAddress } from "../hub/address.ts"
import { clock } from "../hub/request.ts"
import type { FileEntry } from "./files.ts"
import { hubFiles } from "./hub.ts"

const BODY = Uint8Array.from({ length: 700_000 }, (_, at) => (at * 7919) % 251)
const INFO = '{"codebase_version":"v3.0"}'
const many = Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`data/${at}.txt`, memoryFile(`${at}`)]))
const commit = commitOf(7, {
  ...many,
  "meta/info.json": memoryFile(INFO),
  "videos/cam.mp4": memoryFile(BODY),
  empty: memoryFile(""),
})
const at = { repo_id: "acme/arm", revision: commit.id }
const video: FileEntry = { path: "videos/cam.mp4", size: BODY.length, oid: null, lfs: true }
const info: FileEntry = { path: "meta/info.json", size: INFO.length, oid: null, lfs: false }

let hub: SampleHub
const waits: number[] = []
beforeAll(async () => {
  hub = await startSampleHub({
    repos: [repoOf("acme/arm", [commit]), repoOf("acme/gated", [commit], { gated: "auto" })],
    pages: { tree: 10 },
  })
  vi.stubEnv("HF_ENDPOINT", hub.url)
  vi.stubEnv("HF_REDIRECT_HOSTS", hub.cdn_url)
  stubRequired()
  resetConfig()
})
afterAll(async () => {
  await hub.close()
  vi.unstubAllEnvs()
  resetConfig()
})
beforeEach(() => {
  waits.length = 0
  vi.spyOn(clock, "sleep").mockImplementation(async (ms) => void waits.push(ms))
})
afterEach(() => {
  hub.faults.clear()
  vi.restoreAllMocks()
})

const isCdn = ({ kind }: { kind: string }) => kind === "cdn"

describe("reading costs what it must", () => {
  test("a whole small file is two requests", async () => {
    const files = hubFiles(at)
    const bytes = await files.open(info).read(0, info.size)
    expect(Buffer.from(bytes).toString()).toBe(INFO)
    expect(files.usage).toEqual({ requests: 2, bytes: INFO.length, files: 1 })
  })

  test("each further range of a large file is one request and not a byte more", async () => {
    const files = hubFiles(at)
    const file = files.open(video)
    expect(await file.read(600_000, 700_000)).toEqual(BODY.subarray(600_000))
    expect(await file.read(10, 20)).toEqual(BODY.subarray(10, 20))
    expect(files.usage).toEqual({ requests: 3, bytes: 100_010, files: 1 })
  })

  test("what was read is not fetched again, also not by a second reader at the same time", async () => {
    const files = hubFiles(at)
    const file = files.open(video)
    await Promise.all([file.read(0, 1000), file.read(100, 200), files.open(video).read(0, 1000)])
    expect(await file.read(500, 600)).toEqual(BODY.subarray(500, 600))
    expect(files.usage).toMatchObject({ requests: 2, bytes: 1000 })
  })

  test("an empty file costs nothing", async () => {
    const files = hubFiles(at)
    expect(await files.open({ path: "empty", size: 0, oid: null, lfs: false }).read(0, 0)).toHaveLength(0)
    expect(files.usage.requests).toBe(0)
  })

  test("a listing walks every page and tells the real size of LFS files", async () => {
    const files = hubFiles(at)
    const all = await Array.fromAsync(files.list())
    expect(all).toHaveLength(28)
    expect(all.find(({ path }) => path === "videos/cam.mp4")).toMatchObject({ size: BODY.length, lfs: true })
    expect(files.usage.requests).toBeGreaterThanOrEqual(3)
    expect((await files.folder()).folders.sort()).toEqual(["data", "meta", "videos"])
    expect([...(await files.stat(["meta/info.json", "nope"])).keys()]).toEqual(["meta/info.json"])
  })

  test("a byte budget is never exceeded", async () => {
    const files = hubFiles(at, { budget_bytes: 1000 })
    await files.open(video).read(0, 900)
    await expect(files.open(video).read(900, 1100)).rejects.toMatchObject({
      code: "budget_exceeded",
      path: "videos/cam.mp4",
    })
    expect(files.usage.bytes).toBe(900)
  })
})

describe("the Hub's weather", () => {
  test.each(["429", "500", "502", "503", "504", "reset", "truncate", "html", "wrong_range", "whole_200"] as const)(
    "%s twice, then right: the read succeeds",
    async (action) => {
      hub.faults.add({ match: isCdn, times: 2, action })
      expect(await hubFiles(at).open(video).read(1000, 3000)).toEqual(BODY.subarray(1000, 3000))
      expect(waits).toHaveLength(2)
    },
  )

  test.each([
    ["500", "hub_unavailable"],
    ["reset", "hub_unavailable"],
    ["truncate", "hub_truncated"],
    ["html", "hub_bad_answer"],
    ["wrong_range", "hub_truncated"],
    ["whole_200", "hub_bad_answer"],
  ] as const)("%s that does not end is %s: the Hub's, never the dataset's", async (action, code) => {
    hub.faults.add({ match: isCdn, action })
    const error = await hubFiles(at)
      .open(video)
      .read(1000, 300_000)
      .catch((each: unknown) => each)
    expect(error).toMatchObject({ code, kind: "hub", transient: true })
    expect(waits).toHaveLength(5)
  })

  test("a quota that refills soon is waited for, to the second", async () => {
    hub.faults.add({ match: isCdn, times: 1, action: { status: 429, retry_after_s: 7 } })
    await hubFiles(at).open(video).read(0, 10)
    expect(waits).toHaveLength(1)
    expect(Math.abs(waits[0]! - 7000)).toBeLessThanOrEqual(1000)
  })

  test("a quota that refills late is handed to the engine with its time", async () => {
    hub.faults.add({ match: isCdn, action: { status: 429, retry_after_s: 240 } })
    await expect(hubFiles(at).open(video).read(0, 10)).rejects.toMatchObject({
      code: "hub_rate_limited",
      retry_after_ms: 240_000,
    })
    expect(waits).toEqual([])
  })

  test("an address that expired is asked for again, once", async () => {
    const files = hubFiles(at)
    const file = files.open(video)
    await file.read(0, 10)
    hub.faults.add({ match: isCdn, times: 1, action: "expire" })
    expect(await file.read(10, 20)).toEqual(BODY.subarray(10, 20))
    expect(files.usage.requests).toBe(2 + 1 + 2)
  })

  test("a page of a listing that is HTML or cut off is the Hub's fault", async () => {
    for (const action of ["html", "truncate"] as const) {
      hub.faults.clear()
      hub.faults.add({ match: ({ kind }) => kind === "tree", action })
      await expect(Array.fromAsync(hubFiles(at).list())).rejects.toMatchObject({ kind: "hub" })
    }
  })

  test("an abort by the caller is no error of the Hub's", async () => {
    hub.faults.add({ match: isCdn, action: "timeout" })
    const reason = new Error("the job was taken away")
    const controller = new AbortController()
    const read = hubFiles(at, { signal: controller.signal }).open(video).read(0, 10)
    setTimeout(() => controller.abort(reason), 50)
    await expect(read).rejects.toBe(reason)
  })
})

describe("what the Hub refuses", () => {
  test.each([
    [{ repo_id: "acme/none", revision: commit.id }, "repo_not_found"],
    [{ repo_id: "acme/arm", revision: "0".repeat(40) }, "revision_not_found"],
    [{ repo_id: "acme/gated", revision: commit.id }, "hub_gated"],
  ])("%o is %s", async (where, code) => {
    await expect(hubFiles(where).open(video).read(0, 10)).rejects.toMatchObject({ code })
    expect(waits).toEqual([])
  })

  test("a file that is not there is file_missing with its path", async () => {
    const missing = hubFiles(at).open({ ...video, path: "videos/none.mp4" })
    await expect(missing.read(0, 10)).rejects.toMatchObject({ code: "file_missing", path: "videos/none.mp4" })
  })

  test("a file that is longer than the pinned listing said changed under us", async () => {
    const shorter = hubFiles(at).open({ ...video, size: 1000 })
    await expect(shorter.read(0, 10)).rejects.toMatchObject({ code: "hub_changed_during_read", kind: "hub" })
  })
})

describe("where requests may go", () => {
  test.each([
    "http://127.0.0.1:1/x",
    "http://169.254.169.254/latest/meta-data",
    "https://evil.example/x",
    "file:///etc/passwd",
    "https://hf.co.evil.example/",
  ])("a redirect to %s is refused", async (redirect) => {
    hub.faults.add({ match: ({ kind }) => kind === "resolve", action: { redirect } })
    await expect(hubFiles(at).open(video).read(0, 10)).rejects.toMatchObject({ code: "hub_bad_answer" })
  })

  test("the token goes to the Hub and to nobody else", async () => {
    const seen: (string | undefined)[] = []
    const spy = createServer((req, res) => {
      seen.push(req.headers.authorization)
      res.writeHead(500).end()
    }).listen(0, "127.0.0.1")
    await new Promise((resolve) => spy.once("listening", resolve))
    const { port } = spy.address() as { port: number }
    vi.stubEnv("HF_TOKEN", "hf_canary")
    vi.stubEnv("HF_REDIRECT_HOSTS", `${hub.cdn_url}, http://127.0.0.1:${port}`)
    resetConfig()
    hub.faults.add({ match: ({ kind }) => kind === "resolve", action: { redirect: `http://127.0.0.1:${port}/file` } })
    await hubFiles(at)
      .open(video)
      .read(0, 10)
      .catch(() => {})
    expect(seen.length).toBeGreaterThan(0)
    expect(new Set(seen)).toEqual(new Set([undefined]))
    expect(hub.leaked_tokens).toEqual([])
    spy.close()
    vi.stubEnv("HF_TOKEN", undefined)
    vi.stubEnv("HF_REDIRECT_HOSTS", hub.cdn_url)
    resetConfig()
  })

  test("no name, revision or path can choose another host or another prefix", () => {
    const part = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(".", "..", "../..", "//evil", "a/../..", "%2e%2e", "x?y#z"),
    )
    const address = (make: () => URL) => {
      try {
        return make()
      } catch (error) {
        expect(error).toMatchObject({ code: "invalid_params" })
        return undefined
      }
    }
    fc.assert(
      fc.property(part, part, (a, b) => {
        const [revision, path] = [a.toWellFormed(), b.toWellFormed()]
        const api = address(() => apiAddress("acme/arm", ["tree", revision, path], { q: path }))
        const file = address(() => resolveAddress("acme/arm", revision, path))
        if (api) expect(api.href.startsWith(`${hub.url}/api/datasets/acme/arm/tree/`)).toBe(true)
        if (file) expect(file.href.startsWith(`${hub.url}/datasets/acme/arm/resolve/`)).toBe(true)
      }),
      { numRuns: 5000 },
    )
  })
})
