import type { LambdaEvent } from "hono/aws-lambda"
import { PassThrough } from "node:stream"
import { text } from "node:stream/consumers"
import { expect, test, vi } from "vitest"
import { handler } from "./lambda.ts"

const event = (method: string, rawPath: string, rest: object = {}) =>
  ({
    version: "2.0",
    rawPath,
    rawQueryString: "",
    headers: { host: "api.test" },
    isBase64Encoded: false,
    requestContext: { domainName: "api.test", http: { method, path: rawPath } },
    ...rest,
  }) as unknown as LambdaEvent

test("a function URL's event is answered with text, never base64", async () => {
  const answer = await handler(event("GET", "/health/"))
  expect(answer).toMatchObject({ statusCode: 200, isBase64Encoded: false, body: '{"status":"ok"}' })
  const problem = await handler(event("GET", "/nowhere"))
  expect(problem).toMatchObject({ statusCode: 404, isBase64Encoded: false })
})

test("a body in base64 is read, and a GET that brings one is not a bad request", async () => {
  const body = Buffer.from('{"limit": 1}').toString("base64")
  const headers = { host: "api.test", "content-type": "application/json" }
  const search = event("POST", "/api/datasets/huggingface/search", { headers, body, isBase64Encoded: true })
  expect(await handler(search)).toMatchObject({ statusCode: 422 })
  expect(await handler(event("GET", "/health", { body: "x" }))).toMatchObject({ statusCode: 200 })
})

test("where Lambda offers a stream, the answer goes into it, with its status and headers before it", async () => {
  const said: unknown[] = []
  vi.resetModules()
  vi.stubGlobal("awslambda", {
    streamifyResponse: (handler: unknown) => handler,
    HttpResponseStream: { from: (stream: unknown, metadata: unknown) => (said.push(metadata), stream) },
  })
  try {
    const { handler } = (await import("./lambda.ts")) as unknown as {
      handler(event: object, stream: PassThrough, context: object): Promise<void>
    }
    const stream = new PassThrough()
    const [body] = await Promise.all([text(stream), handler(event("GET", "/health", { body: "x" }), stream, {})])
    expect(body).toBe('{"status":"ok"}')
    expect(said).toEqual([expect.objectContaining({ statusCode: 200 })])
  } finally {
    vi.unstubAllGlobals()
  }
})

test("a method that Request does not take is answered as any other that is not allowed", async () => {
  for (const method of ["TRACE", "CONNECT", "TRACK"]) {
    const answer = await handler(event(method, "/health"))
    expect(answer).toMatchObject({ statusCode: 405, headers: { allow: "GET, HEAD, OPTIONS" } })
  }
})
