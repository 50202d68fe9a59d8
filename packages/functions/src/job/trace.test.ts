import { useDatabase } from "@robokit/core/test/database"
import { expect, test } from "vitest"
import { type Line, linesOf } from "../../test/in-child.ts"

useDatabase()

const REQUEST = { request_id: "asked-once", traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" }

test("one search for a job's id finds its request, its messages, its worker and its shards, all under one request", async () => {
  const lines = await linesOf("harness-trace.ts")
  const request = lines.find(({ msg, request_id }) => msg === "request" && request_id === REQUEST.request_id)
  expect(request).toMatchObject({ ...REQUEST, path: "/api/v1/datasets/1/jobs/1/retry" })

  const since = lines.slice(lines.findIndex((line) => line.request_id === REQUEST.request_id))
  const found = since.filter((line) => line.job_id === 1)
  for (const line of found) expect(line).toMatchObject(REQUEST)
  const told = (msg: string, more: Line = {}) =>
    found.filter((line) => line.msg === msg && Object.entries(more).every(([name, value]) => line[name] === value))

  const ours = { tenant_id: 1, job_type: "metadata_extraction" }
  expect(told("sent")[0]).toMatchObject({ kind: "job", outbox_id: expect.any(Number) })
  expect(told("sent")[1]).toMatchObject({ shards: [1, 2] })
  expect(told("job", { ended: "planned" })).toMatchObject([{ ...ours, attempt: 1, message_id: "m0" }])
  expect(told("job", { ended: "delivered" })).toMatchObject([
    { ...ours, shard_id: 1, attempt: 1 },
    { ...ours, shard_id: 2, attempt: 1 },
  ])
  // In a thread of its own, which was told whose work it does.
  expect(told("a part")).toMatchObject([
    { ...ours, shard_id: 1 },
    { ...ours, shard_id: 2 },
  ])
  expect(told("job", { ended: "completed" })).toMatchObject([{ ...ours, attempt: 2 }])
}, 60_000)
