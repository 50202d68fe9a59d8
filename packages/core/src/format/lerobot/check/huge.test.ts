import { execFile } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

/** The heap that a worker's thread has for what lives long, and the half of it for what is new that may be in use. */
const HEAP = ["--max-old-space-size=384", "--max-semi-space-size=21"]
const MOST_MB = 450

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "huge-"))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function run(...args: string[]) {
  const script = resolve(import.meta.dirname, "huge.run.ts")
  const { stdout } = await promisify(execFile)(process.execPath, [...HEAP, script, ...args])
  return JSON.parse(stdout) as Record<string, unknown>
}

async function measured(version: string, step: string, depth: string) {
  const seen = await run(version, step, folder, depth)
  const { max_rss_mb, cpu_seconds } = seen as { max_rss_mb: number; cpu_seconds: number }
  console.log(`${version} ${depth} ${step}: ${Math.round(max_rss_mb)} MB, ${Math.round(cpu_seconds)} s of CPU`)
  expect(max_rss_mb).toBeLessThan(MOST_MB)
  return seen
}

describe("the largest datasets there are, each step in a process of its own", { timeout: 120_000 }, () => {
  test("95,658 episodes of 27.6 million frames in version 3.0: one shard judges the tables, others the videos", async () => {
    // The builder writes its shards once.
    await run("v3.0")
    await measured("v3.0", "plan", "metadata")
    expect(await measured("v3.0", "run", "metadata")).toMatchObject({ isCut: false })
    const seen = await measured("v3.0", "reduce", "metadata")
    expect(seen["coverage"]).toMatchObject({
      episodes: { read: 95_658, total: 95_658 },
      files: { read: 687, total: 687 },
      rows: { read: 0, total: 27_630_375 },
    })
    // Its videos are zeros, which no verdict may call read.
    expect(seen).toMatchObject({ verdict: expect.stringMatching(/^(fail|not_assessed)$/) })
  })

  test("the same in version 2.1: 382,637 files and the statistics of every episode, of which a sample is opened", async () => {
    const { shards } = await measured("v2.1", "plan", "metadata")
    expect(shards).toBeLessThan(20)
    expect(await measured("v2.1", "run", "metadata")).toMatchObject({ broken: 0, isCut: false })
    const seen = await measured("v2.1", "reduce", "metadata")
    expect(seen["coverage"]).toMatchObject({
      episodes: { read: 95_658, total: 95_658 },
      files: { total: 382_637 },
      rows: { total: 27_630_375 },
    })
    expect(reasonsIn(seen)).not.toContainEqual(expect.stringContaining("too much"))
  })

  test("442,226 episodes in version 2.0, every one of 884,456 files in a shard", async () => {
    expect(await measured("v2.0", "plan", "columns")).toMatchObject({ files: 884_456 })
    expect(await measured("v2.0", "run", "columns")).toMatchObject({ isCut: false })
    const seen = await measured("v2.0", "reduce", "columns")
    expect(seen["coverage"]).toMatchObject({ files: { total: 884_456 } })
    expect(reasonsIn(seen)).not.toContainEqual(expect.stringContaining("too much"))
  })
})

const reasonsIn = ({ not_run }: Record<string, unknown>) =>
  (not_run as { reason: string }[]).map(({ reason }) => reason)
