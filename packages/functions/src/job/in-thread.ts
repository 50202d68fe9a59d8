import { config } from "@robokit/core/config"
import type { Done } from "@robokit/core/job/define"
import type { Runner } from "@robokit/core/job/execute"
import { type Report, toError } from "./protocol.ts"
import { runThread } from "./run-thread.ts"

/** Runs a job where it cannot stop the heartbeat. `entry` is the module that serves. */
export const inThread =
  (entry: URL): Runner =>
  (task, watch, signal) =>
    runThread<Report, Done>(
      { entry, data: task, memory_mb: config().JOB_MEMORY_MB, signal },
      (report, { resolve, reject }) => {
        if (report.type === "progress") watch.progress(report)
        else if (report.type === "usage") watch.usage(report)
        else if (report.type === "done") resolve(report.done)
        else reject(toError(report.failure))
      },
    )
