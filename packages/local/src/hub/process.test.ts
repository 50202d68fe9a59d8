import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import type { HubReady } from "./process.ts"

let dir: string
let child: ChildProcess
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "hub-process-"))
  await mkdir(join(dir, "mine/my-set"), { recursive: true })
  const options = JSON.stringify({ data_dir: join(dir, "data"), hub_dir: join(dir, "mine") })
  child = fork(new URL("process.ts", import.meta.url), [options], { execArgv: [] })
})
afterEach(async () => {
  child.kill("SIGKILL")
  await rm(dir, { recursive: true })
})

const ready = async () => (await once(child, "message"))[0] as HubReady
const ids = async (url: string, headers: Record<string, string> = {}) =>
  ((await (await fetch(url + "/api/datasets", { headers })).json()) as { id: string }[]).map(({ id }) => id)

describe("the Hub's own process", () => {
  it("serves the bundled repositories beside the folder, private ones to their token, and ends on SIGTERM", async () => {
    const { url, cdn_url } = await ready()
    const open = await ids(url)
    expect(open).toContain("local/my-set")
    expect(open.length).toBeGreaterThan(5)
    expect((await ids(url, { authorization: "Bearer hf_sampleOwner" })).length).toBeGreaterThan(open.length)
    expect((await fetch(cdn_url)).status).toBe(403)
    child.kill("SIGTERM")
    expect(await once(child, "exit")).toEqual([0, null])
  })

  it("does not outlive the one who started it", async () => {
    await ready()
    child.disconnect()
    expect(await once(child, "exit")).toEqual([0, null])
  })
})
