import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { ApiError } from "./problem.ts"
import { post, read } from "./request.ts"

let answer: (request: IncomingMessage, response: ServerResponse) => void
let seen: IncomingMessage[] = []
const server = createServer((request, response) => {
  seen.push(request)
  answer(request, response)
})
let base: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
beforeEach(() => void (seen = []))
afterAll(() => void server.close())

const json = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body))

test("what has not changed is not sent again: the tag goes out, a 304 gives the answer of before", async () => {
  answer = (request, response) =>
    request.headers["if-none-match"] === '"1"'
      ? response.writeHead(304).end()
      : json(response, 200, { n: 1 }, { etag: '"1"' })
  const first = await read(`${base}/tagged`)
  const second = await read(`${base}/tagged`)
  expect(seen.map((each) => each.headers["if-none-match"])).toEqual([undefined, '"1"'])
  expect(second.data).toBe(first.data)
})

test("an answer without a tag makes the old tag forgotten", async () => {
  answer = (_request, response) => json(response, 200, {}, { etag: '"old"' })
  await read(`${base}/untagged`)
  answer = (_request, response) => json(response, 200, {})
  await read(`${base}/untagged`)
  await read(`${base}/untagged`)
  expect(seen.at(-1)?.headers["if-none-match"]).toBeUndefined()
})

test("a POST whose answer was lost is sent again under the same key; one that was answered is not", async () => {
  answer = (request) => request.socket.destroy()
  await expect(post(`${base}/import`, { a: 1 })).rejects.toMatchObject({ status: 0, code: "unreachable" })
  answer = (_request, response) => json(response, 201, {})
  await post(`${base}/import`, { a: 1 })
  await post(`${base}/import`, { a: 1 })
  const [lost, again, anew] = seen.map((each) => each.headers["idempotency-key"])
  expect(lost).toMatch(/^[0-9a-f]{32}$/)
  expect(again).toBe(lost)
  expect(anew).not.toBe(lost)
})

test("a success that is not JSON, as a proxy's page is, is an error and not data", async () => {
  answer = (_request, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<h1>Log in</h1>")
  await expect(read(`${base}/page`)).rejects.toBeInstanceOf(ApiError)
})
