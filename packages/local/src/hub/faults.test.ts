import { connect } from "node:net"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { FaultAction } from "./faults.ts"
import type { Kind } from "./route.ts"
import { type SampleHub, startSampleHub } from "./server.ts"
import { commitOf, memoryFile, repoOf } from "./test-repos.ts"

const BODY = Uint8Array.from({ length: 600_000 }, (_, i) => i % 251)
const first = commitOf(1, { "a.parquet": memoryFile(BODY) })
const second = commitOf(2, { "a.parquet": memoryFile(BODY), "b.json": memoryFile("{}") })

let hub: SampleHub
beforeAll(async () => {
  hub = await startSampleHub({ repos: [repoOf("team/arm", [first, second])] })
})
beforeEach(() => hub.faults.clear())
afterAll(() => hub.close())

const TREE = "/api/datasets/team/arm/tree/main"
const once = (kind: Kind, action: FaultAction, times = 1) =>
  hub.faults.add({ match: (each) => each.kind === kind, times, action })
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(new URL(path, hub.url), { redirect: "manual", headers, signal: AbortSignal.timeout(2_000) })
const fileAt = async (headers: Record<string, string> = {}) =>
  get((await get("/datasets/team/arm/resolve/main/a.parquet")).headers.get("location")!, headers)

describe("faults", () => {
  it("answer with the status that is asked for, as often as asked, and then not", async () => {
    for (const status of ["500", "502", "503", "504"] as const) {
      once("tree", status, 2)
      const seen = [await get(TREE), await get(TREE), await get(TREE)].map((res) => res.status)
      expect(seen).toEqual([Number(status), Number(status), 200])
    }
  })

  it("say with 429 how long to wait", async () => {
    once("tree", "429")
    const res = await get(TREE)
    expect([res.status, res.headers.get("ratelimit"), res.headers.get("retry-after")]).toEqual([
      429,
      '"api";r=0;t=1',
      "1",
    ])
  })

  it("cut a body that was announced whole, for JSON and for files", async () => {
    once("tree", "truncate")
    await expect(get(TREE).then((res) => res.arrayBuffer())).rejects.toThrow("terminated")
    once("cdn", "truncate")
    const before = hub.bytes.cdn
    const res = await fileAt({ range: "bytes=0-399999" })
    expect([res.status, res.headers.get("content-length")]).toEqual([206, "400000"])
    let received = 0
    const read = async () => {
      for await (const chunk of res.body!) received += chunk.length
    }
    await expect(read()).rejects.toThrow("terminated")
    expect([received, hub.bytes.cdn - before]).toEqual([200_000, 200_000])
  })

  it("serve other bytes than asked, the whole file, or a web page", async () => {
    once("cdn", "wrong_range")
    expect((await fileAt({ range: "bytes=10-19" })).headers.get("content-range")).toBe("bytes 11-20/600000")
    once("cdn", "whole_200")
    const whole = await fileAt({ range: "bytes=10-19" })
    expect([whole.status, (await whole.arrayBuffer()).byteLength]).toEqual([200, 600_000])
    once("tree", "html")
    const page = await get(TREE)
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"])
  })

  it("stay silent, or cut the connection", async () => {
    once("tree", "timeout")
    await expect(get(TREE)).rejects.toThrow("timeout")
    once("tree", "reset")
    await expect(get(TREE)).rejects.toThrow("fetch failed")
  })

  it("redirect anywhere", async () => {
    once("resolve", { redirect: "http://169.254.169.254/latest/meta-data" })
    const res = await get("/datasets/team/arm/resolve/main/a.parquet")
    expect([res.status, res.headers.get("location")]).toEqual([302, "http://169.254.169.254/latest/meta-data"])
  })

  it("move a branch between two pages of one listing", async () => {
    hub.setBranch("team/arm", "main", first.id)
    once("tree", { run: () => hub.setBranch("team/arm", "main", second.id) })
    const names = async () => ((await (await get(TREE)).json()) as { path: string }[]).map(({ path }) => path)
    expect(await names()).toEqual(["a.parquet", "b.json"])
    expect(() => hub.setBranch("team/arm", "main", "f".repeat(40))).toThrow(RangeError)
  })

  it("wait first and answer right after", async () => {
    once("tree", { delay_ms: 120 })
    const start = performance.now()
    expect((await get(TREE)).status).toBe(200)
    expect(performance.now() - start).toBeGreaterThan(110)
  })

  it("match on repository, path, range and count, also at the file host", async () => {
    const seen: (string | number | null)[][] = []
    hub.faults.add({
      match: ({ kind, repo, path, range, n }) => {
        if (kind === "cdn") seen.push([repo, path, range, n])
        return false
      },
      action: "500",
    })
    const before = hub.requests.cdn
    await (await fileAt({ range: "bytes=0-0" })).arrayBuffer()
    expect(seen).toEqual([["team/arm", "a.parquet", "bytes=0-0", before + 1]])
  })

  it("blow up a small answer to a gigabyte that a careful reader stops reading", async () => {
    once("tree", "gzip_bomb")
    const reader = (await get(TREE)).body!.getReader()
    let bytes = 0
    while (bytes < 50_000_000) bytes += (await reader.read()).value!.length
    await reader.cancel()
    expect((await get(TREE)).status).toBe(200)
  })
})

describe("quotas", () => {
  it("count down per bucket and window, refuse at zero, and open again with the next window", async () => {
    const small = await startSampleHub({
      repos: [repoOf("team/arm", [second])],
      tokens: { hf_t: { name: "tess" } },
      quota: { anonymous: { api: 2, resolvers: 5 }, window_s: 2 },
    })
    try {
      await untilFreshWindow(2)
      const ask = (headers: Record<string, string> = {}) => fetch(small.url + TREE, { headers })
      const [a, b, c] = [await ask(), await ask(), await ask()]
      expect([a.status, b.status, c.status]).toEqual([200, 200, 429])
      expect(a.headers.get("ratelimit")).toMatch(/^"api";r=1;t=[12]$/)
      expect(a.headers.get("ratelimit-policy")).toBe('"fixed window";"api";q=2;w=2')
      expect(c.headers.get("ratelimit")).toMatch(/^"api";r=0;t=[12]$/)
      expect((await ask({ authorization: "Bearer hf_t" })).status).toBe(200)
      const resolve = await fetch(`${small.url}/datasets/team/arm/resolve/main/b.json`, { redirect: "manual" })
      expect(resolve.headers.get("ratelimit")).toMatch(/^"resolvers";r=4;/)
      await untilFreshWindow(2)
      expect((await ask()).status).toBe(200)
    } finally {
      await small.close()
    }
  })
})

describe("closing", () => {
  it("cuts what is open and frees both ports", async () => {
    const other = await startSampleHub({ repos: [repoOf("team/arm", [second])] })
    other.faults.add({ match: () => true, action: "timeout" })
    const pending = fetch(other.url + TREE)
    const failed = expect(pending).rejects.toThrow("fetch failed")
    while (other.requests.tree === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await other.close()
    await failed
    for (const url of [other.url, other.cdn_url])
      await expect(dial(Number(new URL(url).port))).rejects.toThrow("ECONNREFUSED")
  })
})

/** Waits for the start of a fixed window, so that a test never straddles two. */
const untilFreshWindow = (window_s: number) => {
  const now = Date.now()
  return new Promise((resolve) => setTimeout(resolve, window_s * 1000 - (now % (window_s * 1000)) + 20))
}

function dial(port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = connect(port, "127.0.0.1", () => {
    socket.destroy()
    resolve()
  })
  socket.on("error", reject)
  return promise
}
