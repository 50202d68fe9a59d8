import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { afterAll, beforeAll, expect, test } from "vitest"
import { buildFunctions } from "../build.ts"
import { type Chunk, bundleFunctions, loadedAtOnce } from "../bundles.ts"
import { digest, readManifest } from "../manifest.ts"

const MB = 1_000_000
const scratch = mkdtempSync(join(tmpdir(), "robokit-bundles-"))
let folder: string
let chunks: Record<string, Chunk>

beforeAll(async () => {
  folder = await buildFunctions()
  chunks = (await bundleFunctions()).chunks
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const sourcesAtOnce = (entry: string) => loadedAtOnce(chunks, entry).flatMap((name) => chunks[name]!.sources)
const bytesAtOnce = (entry: string) => loadedAtOnce(chunks, entry).reduce((sum, name) => sum + chunks[name]!.bytes, 0)

test("a cold start of the API reads at most 2 MB, and no other function more", () => {
  for (const entry of [
    "api.mjs",
    "worker.mjs",
    "thread.mjs",
    "frames-thread.mjs",
    "sweep.mjs",
    "dead-letter.mjs",
    "migrate.mjs",
  ])
    expect(bytesAtOnce(entry), entry).toBeLessThanOrEqual(2 * MB)
})

test("the database driver is bundled mended, wherever it is", () => {
  const names = readdirSync(folder).filter((name) => name.endsWith(".mjs"))
  const drivers = names
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .filter((text) => /CONNECTION_DESTROYED/.test(text))
  expect(drivers.length).toBeGreaterThan(0)
  for (const text of drivers) expect(text).toMatch(/if\s*\(socket\s*===\s*null\)/)
})

test("the API starts without readers of data and without the SDK; both are there to be loaded", () => {
  const heavy = /core\/src\/(parquet|media)\/|\/extract\.ts$|node_modules\/@(aws-sdk|smithy)\//
  expect(sourcesAtOnce("api.mjs").filter((source) => heavy.test(source))).toEqual([])
  const all = Object.values(chunks).flatMap((each) => each.sources)
  expect(all.some((source) => source.includes("@aws-sdk/client-s3"))).toBe(true)
  expect(all.some((source) => source.endsWith("format/lerobot/extract.ts"))).toBe(true)
})

test.each(["thread.mjs", "frames-thread.mjs"])("%s loads the reader of a format only when it is needed", (entry) => {
  const readers = sourcesAtOnce(entry).filter((source) => /\/extract\.ts$|core\/src\/(parquet|media)\//.test(source))
  expect(readers).toEqual([])
})

test("no bundle holds messages in other languages, nor code of tests and the local stack", () => {
  const stray = /zod\/v4\/locales\/(?!en\.js|index\.js)|\.test\.ts$|packages\/local|vitest/
  expect(Object.values(chunks).flatMap((each) => each.sources.filter((source) => stray.test(source)))).toEqual([])
})

test("schemas of core keep what OpenAPI says of them, though the API is split", async () => {
  const { handler } = await import(pathToFileURL(join(folder, "api.mjs")).href)
  const answer = await handler({
    version: "2.0",
    rawPath: "/openapi.json",
    rawQueryString: "",
    headers: { host: "test" },
    isBase64Encoded: false,
    requestContext: { domainName: "test", http: { method: "GET", path: "/openapi.json", sourceIp: "127.0.0.1" } },
  })
  const bundled = JSON.parse(answer.body)
  const { app } = await import("../src/api/app.ts")
  const fromSource = await (await app.request("/openapi.json")).json()
  expect(answer.statusCode).toBe(200)
  expect(bundled).toEqual(fromSource)
})

test("two builds of the same sources are the same files, wherever they go", async () => {
  const again = await buildFunctions(join(scratch, "again"))
  expect(readManifest(again)).toEqual(readManifest(folder))
  expect(readFileSync(join(again, "api.mjs.map"))).toEqual(readFileSync(join(folder, "api.mjs.map")))
})

test("the manifest names every file that runs, and tells when one was changed", () => {
  expect(readManifest(folder)).toEqual(digest(folder))
  expect(Object.keys(readManifest(folder))).toEqual(
    expect.arrayContaining(["api.mjs", "worker.mjs", "thread.mjs", "migrations/meta/_journal.json"]),
  )
  const copy = join(scratch, "changed")
  cpSync(folder, copy, { recursive: true })
  writeFileSync(join(copy, "sweep.mjs"), `${readFileSync(join(copy, "sweep.mjs"), "utf8")}\n`)
  expect(digest(copy)).not.toEqual(readManifest(copy))
})
