import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http"
import { gzipSync } from "node:zlib"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest"
import { stubRequired } from "../../test/settings.ts"
import { resetConfig } from "../config.ts"
import { clock, PERSON_PATIENCE } from "../hub/request.ts"
import { hubFiles } from "./hub.ts"

// The sample Hub answers as the Hub does; this server answers as it must not.
let answer: RequestListener = () => {}
let asked: IncomingMessage[] = []
let server: Server
let url: string
const waits: number[] = []
beforeAll(async () => {
  server = createServer((req, res) => {
    asked.push(req)
    answer(req, res)
  }).listen(0, "127.0.0.1")
  await new Promise((resolve) => server.once("listening", resolve))
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  stubRequired()
  vi.stubEnv("HF_ENDPOINT", url)
  resetConfig()
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
  vi.unstubAllEnvs()
  resetConfig()
})
const usual = { ...clock }
beforeEach(() => {
  asked = []
  waits.length = 0
  clock.sleep = async (ms) => void waits.push(ms)
})
afterEach(() => void Object.assign(clock, usual))

const at = { repo_id: "acme/arm", revision: "1".repeat(40) }
const entry = (size: number, path = "data.bin") => ({ path, size, oid: null, lfs: true })
const span = (req: IncomingMessage) => {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range!)!
  return { first, last, length: Number(last) - Number(first) + 1 }
}
/** A right answer to a range but for its body, sent without `Content-Length`. */
const chunked =
  (body: (length: number) => Buffer, total = 1000, headers = {}): RequestListener =>
  (req, res) => {
    const { first, last, length } = span(req)
    res.writeHead(206, { "content-range": `bytes ${first}-${last}/${total}`, ...headers }).end(body(length))
  }
const whole = chunked((length) => Buffer.alloc(length, 7))
const json = (res: ServerResponse, value: unknown, headers = {}) =>
  res.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(value))
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

describe("a body is what was asked for, or an error", () => {
  test.each([
    ["shorter", (length: number) => Buffer.alloc(length - 1)],
    ["longer", (length: number) => Buffer.alloc(length + 1)],
    ["emptier", () => Buffer.alloc(0)],
  ])("%s than its range, without an announced length, is hub_truncated", async (_, body) => {
    answer = chunked(body)
    expect(await failure(hubFiles(at).open(entry(1000)).read(0, 100))).toMatchObject({ code: "hub_truncated" })
    expect(asked).toHaveLength(6)
  })

  test("a gzipped range is refused", async () => {
    answer = chunked((length) => gzipSync(Buffer.alloc(length)), 1000, { "content-encoding": "gzip" })
    expect(await failure(hubFiles(at).open(entry(1000)).read(0, 100))).toMatchObject({ code: "hub_bad_answer" })
    // undici adds its own `identity` to a range.
    expect(asked[0]!.headers["accept-encoding"]).toMatch(/^identity(?:, identity)?$/)
  })

  test("a file that ends before what its listing said changed", async () => {
    answer = (_req, res) => void res.writeHead(416, { "content-range": "bytes */5" }).end()
    const error = await failure(hubFiles(at).open(entry(1000)).read(500, 600))
    expect(error).toMatchObject({ code: "hub_changed_during_read", kind: "hub" })
  })

  test("an ETag that changes between two ranges is a change", async () => {
    let etag = '"one"'
    answer = (req, res) => chunked((length) => Buffer.alloc(length), 1000, { etag })(req, res)
    const file = hubFiles(at).open(entry(1000))
    await file.read(0, 10)
    etag = '"two"'
    expect(await failure(file.read(10, 20))).toMatchObject({ code: "hub_changed_during_read" })
  })

  test("another commit or size behind the redirect is a change", async () => {
    for (const header of [{ "x-repo-commit": "2".repeat(40) }, { "x-linked-size": "999" }]) {
      answer = (_req, res) => void res.writeHead(302, { location: "/x", ...header }).end()
      expect(await failure(hubFiles(at).open(entry(1000)).read(0, 10))).toMatchObject({
        code: "hub_changed_during_read",
      })
    }
  })
})

describe("silence", () => {
  test.each([
    ["before the first byte", () => {}],
    [
      "in the middle of a body",
      ((req, res) => {
        const { first, last } = span(req)
        res.writeHead(206, { "content-range": `bytes ${first}-${last}/1000` }).write("half")
      }) satisfies RequestListener,
    ],
  ])("%s is hub_timeout", async (_, silent) => {
    Object.assign(clock, { first_byte_ms: 60, idle_ms: 60 })
    answer = silent
    expect(await failure(hubFiles(at).open(entry(1000)).read(0, 100))).toMatchObject({ code: "hub_timeout" })
    expect(asked).toHaveLength(6)
  })

  test("a person waits for all attempts together no longer than told", async () => {
    answer = () => {}
    const patience = { ...PERSON_PATIENCE, total_ms: 100 }
    const began = performance.now()
    expect(await failure(hubFiles(at, { patience }).open(entry(1000)).read(0, 100))).toMatchObject({
      code: "hub_timeout",
    })
    expect(performance.now() - began).toBeLessThan(3000)
  })

  test("an abort while waiting for the next attempt gives the caller's own reason", async () => {
    clock.sleep = usual.sleep
    answer = (_req, res) => void res.writeHead(503, { "retry-after": "15" }).end()
    const controller = new AbortController()
    const reason = new Error("the lease is lost")
    setTimeout(() => controller.abort(reason), 150)
    expect(await failure(hubFiles(at, { signal: controller.signal }).open(entry(1000)).read(0, 100))).toBe(reason)
  })
})

describe("readers at the same time", () => {
  test("together never take more than the budget", async () => {
    answer = (req, res) => void setTimeout(() => whole(req, res), 20)
    const files = hubFiles(at, { budget_bytes: 1000 })
    const reads = Array.from({ length: 9 }, (_, n) => files.open(entry(1000)).read(n * 100, n * 100 + 90))
    const more = await Promise.all([...reads.map(failure), failure(files.open(entry(1000)).read(0, 400))])
    expect(more.slice(0, 9)).toEqual(Array(9).fill(undefined))
    expect(more[9]).toMatchObject({ code: "budget_exceeded" })
    expect(files.usage.bytes).toBe(810)
  })

  test("what attempts that failed have read counts against the budget", async () => {
    answer = (req, res) => {
      const { first, last, length } = span(req)
      res.writeHead(206, { "content-range": `bytes ${first}-${last}/1000`, "content-length": length })
      res.write(Buffer.alloc(length - 1), () => res.destroy())
    }
    const files = hubFiles(at, { budget_bytes: 1000 })
    expect(await failure(files.open(entry(1000)).read(0, 400))).toMatchObject({ code: "budget_exceeded" })
    expect(asked.length).toBeLessThanOrEqual(3)
  })

  test("ask once where a file is, then each for its range", async () => {
    answer = (req, res) =>
      req.url === "/cdn" ? whole(req, res) : void setTimeout(() => res.writeHead(302, { location: "/cdn" }).end(), 20)
    const files = hubFiles(at)
    const file = files.open(entry(1000))
    await Promise.all(Array.from({ length: 8 }, (_, n) => file.read(n * 100, n * 100 + 50)))
    expect(files.usage).toEqual({ requests: 9, bytes: 400, files: 1 })
  })

  test("one that leaves does not take the bytes from another who waits for the same", async () => {
    let release = () => {}
    answer = (req, res) => void (release = () => whole(req, res))
    const file = hubFiles(at).open(entry(1000))
    const controller = new AbortController()
    const mine = failure(file.read(0, 100, controller.signal))
    const theirs = file.read(0, 100)
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    controller.abort(new Error("mine"))
    expect(await mine).toMatchObject({ message: "mine" })
    release()
    expect(await theirs).toHaveLength(100)
    expect(asked).toHaveLength(1)
  })

  test("the last one that leaves ends the request", async () => {
    const closed = Promise.withResolvers<void>()
    answer = (_req, res) => void res.once("close", closed.resolve)
    const controller = new AbortController()
    const read = failure(hubFiles(at).open(entry(1000)).read(0, 100, controller.signal))
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    controller.abort(new Error("gone"))
    await closed.promise
    expect(await read).toMatchObject({ message: "gone" })
  })

  test("are at most eight on the wire", async () => {
    let open = 0
    let most = 0
    answer = (req, res) => {
      most = Math.max(most, ++open)
      setTimeout(() => (open--, whole(req, res)), 5)
    }
    const files = hubFiles(at)
    await Promise.all(Array.from({ length: 60 }, (_, n) => files.open(entry(1000, `${n}.bin`)).read(0, 10)))
    expect(most).toBe(8)
  })
})

test("overlapping reads in any order give the file's own bytes", async () => {
  const body = Buffer.from(Array.from({ length: 1000 }, (_, n) => n % 251))
  answer = (req, res) => {
    const { first, length } = span(req)
    chunked(() => body.subarray(Number(first), Number(first) + length))(req, res)
  }
  const file = hubFiles(at).open(entry(1000))
  let seed = 42
  const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below
  const reads = Array.from({ length: 300 }, async () => {
    const start = random(990)
    const end = start + 1 + random(1000 - start - 1)
    expect(Buffer.from(await file.read(start, end))).toEqual(body.subarray(start, end))
  })
  await Promise.all(reads)
  // Reads that another holds are not asked for again.
  expect(asked.length).toBeLessThan(150)
})

describe("listings", () => {
  test("a page that leads back to itself ends in an error", async () => {
    answer = (req, res) => json(res, [], { link: `<${url}${req.url}>; rel="next"` })
    expect(await failure(hubFiles(at).folder())).toMatchObject({ code: "hub_bad_answer" })
    expect(asked).toHaveLength(1)
  })

  test.each(["https://huggingface.co/api/x", "http://127.0.0.1:1/x", "https://evil.example/"])(
    "a next page at %s is refused",
    async (next) => {
      answer = (_req, res) => json(res, [], { link: `<${next}>; rel="next"` })
      expect(await failure(Array.fromAsync(hubFiles(at).list()))).toMatchObject({ code: "hub_bad_answer" })
    },
  )

  test("a file without a size is a bad answer, not a file of 0 bytes", async () => {
    answer = (_req, res) => json(res, [{ type: "file", path: "a", oid: "b" }])
    expect(await failure(Array.fromAsync(hubFiles(at).list()))).toMatchObject({ code: "hub_bad_answer" })
  })

  test("a submodule is neither a file nor a folder", async () => {
    answer = (_req, res) =>
      json(res, [
        { type: "unknown", path: "sub", oid: "b", size: 0 },
        { type: "file", path: "a", oid: "b", size: 3 },
      ])
    expect(await hubFiles(at).folder()).toEqual({
      files: [{ path: "a", size: 3, oid: "b", lfs: false }],
      folders: [],
    })
  })

  test("a folder that is not there is empty, as in every other tree", async () => {
    answer = (_req, res) => void res.writeHead(404, { "x-error-code": "EntryNotFound" }).end()
    expect(await hubFiles(at).folder("meta/none")).toEqual({ files: [], folders: [] })
    expect(await Array.fromAsync(hubFiles(at).list("none"))).toEqual([])
  })

  test("JSON of more than 10 MB is cut off", async () => {
    answer = (_req, res) => {
      res.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" })
      res.end(gzipSync(Buffer.alloc(200 * 1024 * 1024, " ")))
    }
    const patience = { retries: 0, wait_ms: 0 }
    const files = hubFiles(at, { patience })
    expect(await failure(files.folder())).toMatchObject({ code: "hub_bad_answer" })
    expect(files.usage.bytes).toBeLessThan(11 * 1024 * 1024)
  })
})

test("redirects in a circle end after five", async () => {
  answer = (_req, res) => void res.writeHead(302, { location: "/round" }).end()
  expect(await failure(hubFiles(at).open(entry(1000)).read(0, 10))).toMatchObject({ code: "hub_bad_answer" })
  expect(asked).toHaveLength(6)
})

test("a file of which nothing could be read is not counted as read", async () => {
  answer = (_req, res) => void res.writeHead(404, { "x-error-code": "EntryNotFound" }).end()
  const usage = { requests: 3, bytes: 100, files: 2 }
  await failure(hubFiles(at, { usage }).open(entry(1000)).read(0, 10))
  expect(usage).toEqual({ requests: 4, bytes: 100, files: 2 })
})
