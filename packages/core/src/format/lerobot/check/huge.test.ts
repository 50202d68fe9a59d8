import { execFile } from "node:child_process"
import { tmpdir } from "node:os"
import { resolve } from "node:path"
import { promisify } from "node:util"
import { expect, test } from "vitest"

test(
  "95,658 episodes of 27.6 million frames are validated at metadata depth in one process of 512 MB",
  { timeout: 120_000 },
  async () => {
    const script = resolve(import.meta.dirname, "huge.run.ts")
    const run = async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [
        "--max-old-space-size=400",
        script,
        "v3",
        "plan",
        tmpdir(),
      ])
      return JSON.parse(stdout) as Record<string, never>
    }
    // The builder writes its shards once; the second run measures validation alone.
    await run()
    const seen = await run()
    console.log("huge v3, metadata depth:", seen)
    expect(seen["coverage"]).toMatchObject({
      episodes: { read: 95_658, total: 95_658 },
      files: { read: 687, total: 687 },
      rows: { read: 0, total: 27_630_375 },
    })
    // Its videos are zeros, which no verdict may call read.
    expect(seen).toMatchObject({ verdict: expect.stringMatching(/^(fail|not_assessed)$/) })
    expect(seen["max_rss_mb"]).toBeLessThan(512)
  },
)
