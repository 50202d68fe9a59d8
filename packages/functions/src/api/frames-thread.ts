import { parentPort, workerData } from "node:worker_threads"
import { Caller } from "@robokit/core/access/caller"
import type { Frames } from "@robokit/core/episode/frames"
import { AppError } from "@robokit/core/error"
import { hubFiles } from "@robokit/core/files/hub"
import { adapterOf } from "@robokit/core/format/registry"
import { PERSON_PATIENCE } from "@robokit/core/hub/request"
import { toFailure } from "../job/protocol.ts"
import type { FramesAnswer, FramesTask } from "./read-frames.ts"

/** Reads the frames this thread was started for: what is parsed here comes from strangers. */
async function read({ dataset, caller, request, budget_bytes, time_limit_ms }: FramesTask): Promise<Frames> {
  const adapter = adapterOf(dataset.format_type)
  if (!adapter.frames) throw new AppError("job_unsupported", `${adapter.title} datasets have no frames to show.`)
  const signal = AbortSignal.timeout(time_limit_ms)
  const files = hubFiles(dataset, { budget_bytes, signal, patience: PERSON_PATIENCE })
  return Caller.as(caller, () => adapter.frames!(request, { files, signal, progress: () => {} }))
}

const answer = (message: FramesAnswer) => parentPort!.postMessage(message)
try {
  answer({ frames: await read(workerData as FramesTask) })
} catch (thrown) {
  answer({ failure: toFailure(thrown) })
}
