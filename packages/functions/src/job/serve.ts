import { parentPort, workerData } from "node:worker_threads"
import type { Watch } from "@robokit/core/job/execute"
import { perform, type PerformOptions } from "@robokit/core/job/perform"
import { withIds } from "@robokit/core/log"
import { type Order, type Report, toFailure } from "./protocol.ts"

/** Does the one task this thread was started for, and reports. */
export async function serve({ registry, openFiles }: Pick<PerformOptions, "registry" | "openFiles">) {
  const { task, ids } = workerData as Order
  const report = (message: Report) => parentPort!.postMessage(message)
  try {
    const watch: Watch = {
      progress: ({ percent, message }) => report({ type: "progress", percent, message }),
      usage: (reading) => report({ type: "usage", ...reading }),
    }
    // The parent ends this thread at its limit; this lets code that waits end by itself, at the same moment.
    const signal = AbortSignal.timeout(task.time_limit_ms)
    const done = await withIds(ids, () => perform(task, { registry, openFiles, watch, signal }))
    report({ type: "done", done })
  } catch (thrown) {
    report({ type: "failure", failure: toFailure(thrown) })
  }
}
