import type { Writable } from "node:stream"
import { expect, test } from "vitest"
import { awslambda, collect, isStreaming } from "./streaming.ts"

const handlerOf = (work: (stream: Writable) => unknown) =>
  awslambda.streamifyResponse(async (_event, stream) => void (await work(stream)))

test("a handler that streams is told from one that does not", () => {
  expect(isStreaming(handlerOf(() => {}))).toBe(true)
  expect(isStreaming(async () => {})).toBe(false)
})

test("what was streamed arrives whole, with the status and headers said before it", async () => {
  const handler = handlerOf((stream) => {
    const answer = awslambda.HttpResponseStream.from(stream as never, { statusCode: 201, headers: { etag: '"1"' } })
    answer.write("grüß ")
    answer.write(Buffer.from("dich"))
    answer.end()
  })
  const { body, ...rest } = await collect(handler, {}, {})
  expect(Buffer.from(body, "base64").toString()).toBe("grüß dich")
  expect(rest).toEqual({ statusCode: 201, headers: { etag: '"1"' }, isBase64Encoded: true, streamed: true })
})

test("a handler that fails fails the invocation", async () => {
  const handler = handlerOf(() => Promise.reject(new Error("no")))
  await expect(collect(handler, {}, {})).rejects.toThrow("no")
})
