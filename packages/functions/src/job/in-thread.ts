import { Worker } from "node:worker_threads"
import { config } from "@robokit/core/config"
import { AppError } from "@robokit/core/error"
import type { Done } from "@robokit/core/job/define"
import type { Runner } from "@robokit/core/job/execute"
import { ids } from "@robokit/core/log"
import { type Order, type Report, toError } from "./protocol.ts"

/**
 * Runs a job in a thread of its own with a heap of its own: foreign files are parsed where neither an endless loop nor a
 * full memory can stop the heartbeat. `entry` is the module that serves.
 */
export const inThread =
  (entry: URL): Runner =>
  (task, watch, signal) =>
    new Promise<Done>((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const thread = new Worker(entry, {
        workerData: { task, ids: ids() } satisfies Order,
        // Flags of the parent (a test runner's loader) are not meant for it.
        execArgv: [],
        resourceLimits: {
          maxOldGenerationSizeMb: config().JOB_MEMORY_MB,
          maxYoungGenerationSizeMb: 64,
          stackSizeMb: 4,
        },
      })
      // Ended before anybody hears of it: once the caller goes on, nothing of this job runs any more.
      const end = async (settle: () => void) => {
        signal.removeEventListener("abort", onAbort)
        thread.removeAllListeners()
        thread.on("error", () => {})
        await thread.terminate()
        settle()
      }
      const onAbort = () => void end(() => reject(signal.reason))
      signal.addEventListener("abort", onAbort, { once: true })

      thread.on("message", (report: Report) => {
        if (report.type === "progress") watch.progress(report)
        else if (report.type === "usage") watch.usage(report)
        else if (report.type === "done") void end(() => resolve(report.done))
        else void end(() => reject(toError(report.failure)))
      })
      thread.on("messageerror", (error) => void end(() => reject(error)))
      thread.on("error", (error) => void end(() => reject(isOutOfMemory(error) ? outOfMemory(error) : error)))
      thread.on(
        "exit",
        (code) =>
          void end(() =>
            reject(new AppError("worker_crashed", `The job's thread ended with code ${code} without a word.`)),
          ),
      )
    })

const isOutOfMemory = (error: unknown) =>
  error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY"

const outOfMemory = (cause: unknown) =>
  new AppError("memory_limit", "Reading the dataset took more memory than a job has.", {
    cause,
    user_action: "One of its files is larger or more nested than this job can read.",
  })
