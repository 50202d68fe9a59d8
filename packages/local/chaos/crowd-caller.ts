/** A process that calls the API within itself, as many times at once as it is told. */
import { Queue } from "@robokit/core/job/queue"
import { app } from "@robokit/functions/api/app"

export interface Answer {
  status: number
  retry_after: number
  ms: number
}

interface Input {
  at: number
  calls: number
  dataset_id: number
}
const { at, calls, dataset_id } = JSON.parse(process.argv[2]!) as Input
Queue.deliverWith(async () => {})

const paths = [`/api/v1/datasets/${dataset_id}`, "/api/v1/datasets", `/api/v1/datasets/${dataset_id}/jobs`]
async function call(n: number): Promise<Answer> {
  const began = performance.now()
  const path = paths[n % 4]
  const response = await (path
    ? app.request(path)
    : app.request(`/api/v1/datasets/${dataset_id}/analyses/validation`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ episodes: String(at * calls + n) }),
      }))
  await response.arrayBuffer()
  const retry_after = Number(response.headers.get("retry-after"))
  return { status: response.status, retry_after, ms: performance.now() - began }
}

process.on("disconnect", () => process.exit(0))
process.on("message", async (what: "crowd" | "one") => {
  const count = what === "crowd" ? calls : 1
  process.send!(await Promise.all(Array.from({ length: count }, (_, n) => call(n))))
})
process.send!("ready")
