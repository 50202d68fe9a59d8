/** A worker as it deploys, but for its jobs, and that it runs them in place: a thread's start would measure the processor. */
import { memoryFiles } from "../../packages/core/src/files/memory.ts"
import { perform } from "../../packages/core/src/job/perform.ts"
import { workerWith } from "../../packages/functions/src/job/worker.ts"
import { registry } from "./waiting-job.ts"

export const handler = workerWith({
  registry,
  run: (task, watch, signal) => perform(task, { registry, openFiles: () => memoryFiles({}), watch, signal }),
  shutdown: new AbortController().signal,
  size_class: "light",
})
