import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { forgetKey, learnKey, operatorKey, subscribe, type Why } from "./operator-key.ts"
import { ask as search, get, post, remove } from "./request.ts"

const KEY = "the-right-key-of-this-stage"

/** A stage with a key, as the portal sees it. */
let accepted = KEY
let blocked = false
let seen: { method: string; url: string; key: string | undefined; idempotency: unknown }[] = []
const server = createServer((request, response) => {
  const key = request.headers.authorization?.replace("Bearer ", "")
  const { method = "", url = "" } = request
  seen.push({ method, url, key, idempotency: request.headers["idempotency-key"] })
  const json = (status: number, body: unknown, headers = {}) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body))
  if (blocked && key !== undefined) return json(429, { code: "too_many_wrong_keys" }, { "retry-after": "42" })
  if (key === undefined ? isChange(request) : key !== accepted)
    return json(401, { code: "operator_key_required", detail: "The key is needed." })
  return method === "DELETE" ? response.writeHead(204).end() : json(200, { as: key ?? "anonymous" })
})
const isChange = ({ method, url }: IncomingMessage) => method !== "GET" && url !== "/search"

const storage = new Map<string, string>()
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { fetch } = globalThis
  // As in a browser: an address is relative to the page.
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => fetch(new URL(path, base), init))
  vi.stubGlobal("sessionStorage", {
    getItem: (name: string) => storage.get(name) ?? null,
    setItem: (name: string, value: string) => storage.set(name, value),
    removeItem: (name: string) => storage.delete(name),
  })
})
afterAll(() => {
  vi.unstubAllGlobals()
  server.close()
})

let asked: Why[] = []
let answers: (string | null)[] = []
subscribe(() => {
  const { question } = operatorKey()
  if (!question || question.isChecking) return
  asked.push(question.why)
  const next = answers.shift()
  if (next === undefined) throw new Error("asked once too often")
  queueMicrotask(() => question.answer(next))
})
beforeEach(() => {
  forgetKey()
  accepted = KEY
  blocked = false
  seen = []
  asked = []
  answers = []
})
const changes = () => seen.filter(({ method }) => method !== "GET").map(({ key }) => key)

test("an action that needs the key asks for it once, is done, and the next one is done at once", async () => {
  answers = [` ${KEY} `]
  expect(await post("/import", { n: 1 })).toEqual({ as: KEY })
  await remove("/datasets/1")
  expect(asked).toEqual(["needed"])
  expect(changes()).toEqual([undefined, KEY, KEY])
  expect(operatorKey().question).toBeNull()
  expect([...storage.values()]).toEqual([KEY])
})

test("both sendings of an action are one to the server", async () => {
  answers = [KEY]
  await post("/import", { n: 2 })
  const [first, second] = seen.filter(({ method }) => method === "POST").map(({ idempotency }) => idempotency)
  expect(first).toMatch(/^[0-9a-f]{32}$/)
  expect(second).toBe(first)
})

test("a wrong key is asked for again, is tried on nothing that changes anything, and is not kept", async () => {
  answers = ["wrong", "mit Umlaut: ü", KEY]
  await post("/import", { n: 3 })
  expect(asked).toEqual(["needed", "wrong", "wrong"])
  expect(changes()).toEqual([undefined, KEY])
  expect(seen.map(({ key }) => key)).not.toContain("mit")
})

test("who has no key gets the refusal, and is asked again at the next action", async () => {
  answers = [null, KEY]
  await expect(post("/import", { n: 4 })).rejects.toMatchObject({ status: 401, code: "operator_key_required" })
  expect(operatorKey()).toEqual({ key: null, question: null })
  expect(storage.size).toBe(0)
  await post("/import", { n: 4 })
})

test("several actions at once ask once", async () => {
  answers = [KEY]
  await Promise.all([post("/import", { n: 5 }), post("/import", { n: 6 }), remove("/datasets/2")])
  expect(asked).toEqual(["needed"])
  expect(changes().filter((key) => key === KEY)).toHaveLength(3)
})

test("reading never asks: a key that was changed on the server is forgotten, and what is public is read without", async () => {
  answers = [KEY]
  await learnKey()
  accepted = "another-key-since-this-morning"
  expect(await get("/datasets")).toEqual({ as: "anonymous" })
  expect(operatorKey().key).toBeNull()
  expect(await search("/search", {})).toEqual({ as: "anonymous" })
  expect(asked).toEqual(["needed"])
})

test("an action with a key that was changed says so", async () => {
  answers = [KEY, "another-key-since-this-morning"]
  await learnKey()
  accepted = "another-key-since-this-morning"
  await remove("/datasets/3")
  expect(asked).toEqual(["needed", "changed"])
})

test("after too many wrong keys it says how long to wait, keeps the key, and reading goes on", async () => {
  answers = [KEY]
  await learnKey()
  blocked = true
  expect(await get("/datasets")).toEqual({ as: "anonymous" })
  answers = [KEY, null]
  await expect(remove("/datasets/4")).rejects.toMatchObject({ status: 429 })
  expect(asked).toEqual(["needed", { wait_s: 42 }, { wait_s: 42 }])
  expect(operatorKey().key).toBe(KEY)
})

test("where no key is needed nothing asks and nothing is sent", async () => {
  expect(await get("/datasets")).toEqual({ as: "anonymous" })
  expect(seen.map(({ key }) => key)).toEqual([undefined])
  expect(asked).toEqual([])
})
