/**
 * One Lambda execution environment: a process that imports the bundle once and runs one event at a time. What the module
 * keeps between invocations survives, as on AWS. It ends with its parent, even when that one was killed.
 */
import type { Invocation, Report } from "./protocol.ts"
import { awslambda, collect, isStreaming } from "./streaming.ts"

type Handler = (event: unknown, context: object) => unknown

const [file = "", name = "handler"] = process.argv.slice(2)
const report = (message: Report) => process.send?.(message)

process.on("disconnect", () => process.exit(0))
if (!process.connected) process.exit(0)
// Ctrl-C reaches the whole process group; the parent decides when this one ends.
process.on("SIGINT", () => {})
process.on("SIGTERM", () => {})

Object.assign(globalThis, { awslambda })
const handler = ((await import(file)) as Record<string, Handler | undefined>)[name]
if (typeof handler !== "function") throw new Error(`${file} exports no function ${name}`)

process.on("message", async ({ id, event, deadline, context }: Invocation) => {
  const getRemainingTimeInMillis = () => Math.max(0, deadline - Date.now())
  try {
    const whole = { ...context, callbackWaitsForEmptyEventLoop: false, getRemainingTimeInMillis }
    const result = await (isStreaming(handler) ? collect(handler, event, whole) : handler(event, whole))
    report({ type: "result", id, result: result ?? null })
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    report({ type: "error", id, name: error.name, message: error.message, stack: error.stack ?? "" })
  }
})
report({ type: "ready" })
