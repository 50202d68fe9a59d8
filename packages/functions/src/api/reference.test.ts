import { createHash } from "node:crypto"
import { expect, test } from "vitest"
import { call, document, operations } from "../../test/contract.ts"
import { app } from "./app.ts"

test("every route of the app is in the document, and every operation of the document is a route", () => {
  const routes = app.routes
    .filter((each) => each.method !== "ALL")
    .map((each) => `${each.method} ${each.path.replaceAll(/:(\w+)/g, "{$1}")}`)
  expect([...new Set(routes)].sort()).toEqual(operations.map(({ method, path }) => `${method} ${path}`).sort())
})

test("every operation has a name of its own, for those who generate clients", () => {
  const names = operations.map(({ operation }) => (operation as { operationId?: string }).operationId)
  expect(names).not.toContain(undefined)
  expect(new Set(names).size).toBe(operations.length)
})

test("every reference in the document leads somewhere", () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, pointer]) => pointer!)
  expect(references.length).toBeGreaterThan(10)
  for (const pointer of references) {
    const target = pointer.split("/").reduce<unknown>((at, key) => Reflect.get(Object(at), key), document)
    expect(target, pointer).toBeTypeOf("object")
  }
})

test("the page shows every operation and every schema, and runs and loads nothing", async () => {
  const response = await call("/docs")
  const page = await response.text()
  for (const { path, operation } of operations) {
    expect(page.includes(`<code>${path}</code>`), path).toBe(true)
    const summary = (operation as { summary?: string }).summary!.replaceAll("'", "&#39;")
    expect(page.includes(`<h3>${summary}</h3>`), summary).toBe(true)
  }
  const anchors = [...page.matchAll(/href="#([^"]+)"/g)].map(([, anchor]) => anchor!)
  for (const anchor of anchors) expect(page.includes(`id="${anchor}"`), anchor).toBe(true)
  expect(page).not.toMatch(/<script|\son\w+=|\sstyle=|src=|@import|url\(/)
  const style = /<style>([^]*?)<\/style>/.exec(page)![1]!
  const digest = createHash("sha256").update(style).digest("base64")
  expect(response.headers.get("content-security-policy")).toContain(`style-src 'sha256-${digest}'`)
  expect(response.headers.get("content-security-policy")).not.toContain("unsafe")
})

test("the document and its page are not sent twice", async () => {
  for (const address of ["/openapi.json", "/docs"]) {
    const etag = (await call(address)).headers.get("etag")!
    expect((await call(address, { headers: { "if-none-match": etag } })).status).toBe(304)
  }
})
