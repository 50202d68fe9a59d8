import { extname } from "node:path"
import { Caller } from "@robokit/core/access/caller"
import type { Indexed } from "@robokit/core/episode/current"
import type { Frames, FramesRequest } from "@robokit/core/episode/frames"
import { AppError } from "@robokit/core/error"
import { Slots } from "@robokit/core/files/slots"
import { type Failure, toError } from "../job/protocol.ts"
import { runThread } from "../job/run-thread.ts"

const TIME_LIMIT_MS = 8000
const BUDGET_BYTES = 96 * 1024 * 1024
const MEMORY_MB = 160
/** Each may take a few hundred MB for a moment, beside its heap; others wait, up to the time of one. */
const AT_ONCE = 2

/** What the thread is given. */
export interface FramesTask {
  dataset: Indexed
  caller: Caller.Caller
  request: FramesRequest
  budget_bytes: number
  time_limit_ms: number
}

export type FramesAnswer = { frames: Frames } | { failure: Failure }

// Beside this file as a source and as a bundle; only the ending differs.
const THREAD = new URL(`./frames-thread${extname(new URL(import.meta.url).pathname)}`, import.meta.url)

const slots = new Slots(AT_ONCE)

/**
 * Reads the frames of an episode from the Hub, in a thread that can be ended: with the server's token only for its
 * operator.
 *
 * @throws AppError `time_limit` after 8 s, `too_large` beyond 96 MB, `memory_limit`, and what the file and the Hub are
 * at fault for.
 */
export async function readFrames(dataset: Indexed, request: FramesRequest): Promise<Frames> {
  const caller = Caller.isOperator() ? "operator" : "anonymous"
  const limits = { budget_bytes: BUDGET_BYTES, time_limit_ms: TIME_LIMIT_MS }
  const late = AbortSignal.timeout(TIME_LIMIT_MS)
  const task: FramesTask = { dataset, caller, request, ...limits }
  try {
    return await slots.run(() =>
      runThread<FramesAnswer, Frames>(
        { entry: THREAD, data: task, memory_mb: MEMORY_MB, signal: late },
        (answer, { resolve, reject }) =>
          "frames" in answer ? resolve(answer.frames) : reject(toError(answer.failure)),
      ),
    )
  } catch (error) {
    if (late.aborted)
      throw new AppError("time_limit", "The frames could not be read within 8 s.", { cause: error, user_action: FEWER })
    if (!(error instanceof AppError) || error.code !== "budget_exceeded") throw error
    throw new AppError("too_large", `${error.path ?? "The episode"} has more than 96 MB to read for it.`, {
      cause: error,
      path: error.path,
      user_action: FEWER,
    })
  }
}

const FEWER = "Ask for fewer columns."
