import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { promisify } from "node:util"
import { afterAll, expect, test } from "vitest"

const folder = mkdtempSync(join(tmpdir(), "robokit-huge-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test(
  "95,658 episodes of 27.6 million frames are validated at metadata depth in processes of 512 MB",
  { timeout: 180_000 },
  async () => {
    const script = resolve(import.meta.dirname, "huge.run.ts")
    const run = async (step: string) => {
      const { stdout } = await promisify(execFile)(process.execPath, [
        "--max-old-space-size=400",
        script,
        "v3",
        step,
        folder,
      ])
      const seen = JSON.parse(stdout) as Record<string, never>
      console.log(`huge v3, metadata depth, ${step}:`, seen)
      return seen
    }
    // The builder writes its shards once; the second plan measures planning alone.
    await run("plan")
    const seen = { plan: await run("plan"), run: await run("run"), reduce: await run("reduce") }
    expect(seen.reduce["coverage"]).toMatchObject({
      episodes: { read: 95_658, total: 95_658 },
      files: { read: 687, total: 687 },
      rows: { read: 0, total: 27_630_375 },
    })
    // Its videos are zeros, which no verdict may call read.
    expect(seen.reduce).toMatchObject({ verdict: expect.stringMatching(/^(fail|not_assessed)$/) })
    for (const each of Object.values(seen)) expect(each["max_rss_mb"]).toBeLessThan(512)
  },
)
