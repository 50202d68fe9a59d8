import { parentPort } from "node:worker_threads"
import { Validation } from "../../../check/schema.ts"
import { AppError } from "../../../error.ts"
import { memoryFiles } from "../../../files/memory.ts"
import { validate } from "./validate.ts"

/** Validates whatever it is sent, for `hostile.test.ts`: a thread can be ended when it hangs, and has its own memory. */
parentPort!.on("message", async (tree: [string, Uint8Array][]) => parentPort!.postMessage(await judge(tree)))

async function judge(tree: [string, Uint8Array][]) {
  const ctx = {
    repo_id: "some/set",
    revision: "0".repeat(40),
    files: memoryFiles(tree),
    card: { licence: null, tags: [] },
    signal: new AbortController().signal,
    progress() {},
  }
  try {
    const result = await validate(ctx, { depth: "full", suppress: [] })
    const text = JSON.stringify(result)
    Validation.parse(JSON.parse(text))
    const broken = result.not_run.filter(({ reason }) => reason.startsWith("The rule itself broke"))
    return {
      verdict: result.verdict,
      broken: broken.map(({ code }) => code),
      bytes: text.length,
      // An escape, not a backslash that somebody wrote before a "u".
      storable: text.isWellFormed() && !/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i.test(text),
    }
  } catch (error) {
    if (error instanceof AppError) return { verdict: error.code, broken: [], bytes: 0, storable: true }
    return { thrown: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
