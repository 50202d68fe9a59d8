/** An execution environment that measures itself: what importing the bundle took, and each event. Forked by `probe.ts`. */
import type { Measured } from "./probe.ts"

const [file = "", name = ""] = process.argv.slice(2)
const rss_mb = () => process.memoryUsage.rss() / 1e6
const cpu_ms = () => {
  // Threads included, also those that have ended.
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
const report = (message: Measured) => process.send!(message)

process.on("disconnect", () => process.exit(0))

const before = performance.now()
const handler = ((await import(file)) as Record<string, (event: unknown, context: object) => unknown>)[name]!
report({ wall_ms: performance.now() - before, cpu_ms: cpu_ms(), rss_mb: rss_mb(), result: null })

process.on("message", async (event: unknown) => {
  const [wall, cpu] = [performance.now(), cpu_ms()]
  const context = { awsRequestId: "bench", getRemainingTimeInMillis: () => 300_000 }
  const result = await handler(event, context)
  report({ wall_ms: performance.now() - wall, cpu_ms: cpu_ms() - cpu, rss_mb: rss_mb(), result: result ?? null })
})
