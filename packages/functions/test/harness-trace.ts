// A process whose log a test reads: a request opens a job in parts, and every message that comes of it is handled, in a
// thread of its own, which is this file again.
import { isMainThread } from "node:worker_threads"
import { memoryFiles } from "@robokit/core/files/memory"
import { log } from "@robokit/core/log"
import { catchMessages, harnessShards, importDataset, keepObjects, outcome } from "@robokit/core/test/engine"
import { inThread } from "../src/job/in-thread.ts"
import { serve } from "../src/job/serve.ts"
import { workerWith } from "../src/job/worker.ts"
import { app } from "../src/api/app.ts"

// Under the name of the one job that an import opens.
const registry = {
  metadata_extraction: harnessShards({
    plan: async () => [1, 2].map((weight) => ({ weight, input: { weight } })),
    async run({ weight }) {
      log().info("a part")
      return { weight }
    },
    reduce: async () => outcome(),
  }),
}

if (isMainThread) await tell()
else await serve({ registry, openFiles: () => memoryFiles({}) })

async function tell() {
  keepObjects()
  const { id } = await importDataset()
  const job = `/api/v1/datasets/${id}/jobs/1`
  await app.request(`${job}/cancel`, { method: "POST" })
  const caught = catchMessages()
  const opened = await app.request(`${job}/retry`, {
    method: "POST",
    headers: { "x-request-id": "asked-once", traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
  })
  if (!opened.ok) throw new Error(await opened.text())
  const handle = workerWith({
    registry,
    run: inThread(new URL(import.meta.url)),
    shutdown: new AbortController().signal,
    size_class: "light",
  })
  for (let wake = caught.sent.shift(); wake; wake = caught.sent.shift()) {
    const bodies = wake.to === "shards" ? wake.bodies : wake.to === "job" ? [wake.body] : []
    const Records = bodies.map((body, at) => ({ messageId: `m${at}`, body: JSON.stringify(body) }))
    await handle({ Records } as never, { getRemainingTimeInMillis: () => 60_000 })
  }
  process.exit(0)
}
