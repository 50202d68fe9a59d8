import { Worker } from "node:worker_threads"
import { AppError } from "@robokit/core/error"

export interface ThreadOptions {
  /** The module that runs. */
  entry: URL
  data: unknown
  /** Its heap; a full one ends the thread and nothing else. */
  memory_mb: number
  signal: AbortSignal
}

export interface Settle<T> {
  resolve(value: T): void
  reject(error: unknown): void
}

/**
 * Runs a module in a thread of its own with a heap of its own: foreign files are parsed where neither an endless loop nor a
 * full memory can stop what goes on beside. Ends with what `onMessage` settles on, when the signal aborts, or with
 * `memory_limit` or `worker_crashed` when the thread ends by itself.
 */
export const runThread = <Message, T>(
  { entry, data, memory_mb, signal }: ThreadOptions,
  onMessage: (message: Message, settle: Settle<T>) => void,
) =>
  new Promise<T>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const thread = new Worker(entry, {
      workerData: data,
      // Flags of the parent (a test runner's loader) are not meant for it.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: memory_mb, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 },
    })
    // Ended before anybody hears of it: once the caller goes on, nothing of this thread runs any more.
    const end = async (settle: () => void) => {
      signal.removeEventListener("abort", onAbort)
      thread.removeAllListeners()
      thread.on("error", () => {})
      await thread.terminate()
      settle()
    }
    const onAbort = () => void end(() => reject(signal.reason))
    signal.addEventListener("abort", onAbort, { once: true })

    const settle: Settle<T> = {
      resolve: (value) => void end(() => resolve(value)),
      reject: (error) => void end(() => reject(error)),
    }
    thread.on("message", (message: Message) => onMessage(message, settle))
    thread.on("messageerror", (error) => settle.reject(error))
    thread.on("error", (error) => settle.reject(isOutOfMemory(error) ? outOfMemory(error) : error))
    thread.on("exit", (code) =>
      settle.reject(new AppError("worker_crashed", `The thread ended with code ${code} without a word.`)),
    )
  })

const isOutOfMemory = (error: unknown) =>
  error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY"

const outOfMemory = (cause: unknown) =>
  new AppError("memory_limit", "Reading the dataset took more memory than there is for it.", {
    cause,
    user_action: "One of its files is larger or more nested than can be read here.",
  })
