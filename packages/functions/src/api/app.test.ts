import { beforeEach, describe, expect, test } from "vitest"
import { call, operations, post, statusUnindexed } from "../../test/contract.ts"
import { plainRepo, source, openStage } from "../../test/import-stage.ts"
import { app } from "./app.ts"

openStage({ repos: [plainRepo("acme/arm")] })

beforeEach(async () => {
  expect((await post("/api/v1/datasets/", { source: source("acme/arm") })).status).toBe(201)
})

const EXAMPLE: Record<string, string> = { job_type: "metadata_extraction", owner: "acme", name: "arm" }
const addressOf = (path: string) => path.replaceAll(/\{(\w+)\}/g, (_, name: string) => EXAMPLE[name] ?? "1")

describe("addresses", () => {
  test.each(operations.filter((each) => each.method !== "DELETE"))(
    "$method $path is the same with and without a slash at its end",
    async ({ path, method, operation }) => {
      const init =
        method === "POST"
          ? { method, headers: { "content-type": "application/json" }, body: '{"filters": 1, "x": 2}' }
          : {}
      const plain = await call(addressOf(path), init)
      const slashed = await call(`${addressOf(path)}/`, init)
      expect(slashed.status).toBe(plain.status)
      expect(plain.status).toBe(method === "POST" ? 422 : statusUnindexed(operation))
      expect(slashed.headers.get("etag")).toBe(plain.headers.get("etag"))
      const like = (text: string) => text.replace(/"request_id":"[^"]*"/, "").replace(/\/",/, '",')
      expect(like(await slashed.text())).toBe(like(await plain.text()))
    },
  )

  test.each(["/api/v1/datasets", "/api/v1/datasets/"])("deleting works at %s{id}, both ways", async (path) => {
    const slash = path.endsWith("/") ? "/" : ""
    expect((await call(`/api/v1/datasets/1${slash}`, { method: "DELETE" })).status).toBe(204)
    expect((await call(`/api/v1/datasets/1${slash}`, { method: "DELETE" })).status).toBe(404)
  })

  test.each(operations)("$method $path has one spelling only", async ({ path, method }) => {
    const address = addressOf(path)
    const cut = address.lastIndexOf("/")
    const spellings = [
      `/${address}`,
      `${address}//`,
      `/%2F${address.slice(1)}`,
      `${address.slice(0, cut)}/${address.slice(cut + 1).replace(/^./, (first) => `%${first.codePointAt(0)!.toString(16)}`)}`,
      ...(cut > 0 ? [`${address.slice(0, cut)}%2F${address.slice(cut + 1)}`] : []),
      address.replace(/[a-z]/, (letter) => letter.toUpperCase()),
      `${address}%00`,
      `${address};x=1`,
    ]
    for (const spelling of spellings) {
      const response = await app.request(new Request(`http://api.test${spelling}`, { method }))
      expect(response.status, spelling).toBe(404)
    }
  })

  test("a known address under another method says which it takes", async () => {
    const response = await call("/api/v1/datasets/1/status", { method: "PUT" })
    expect(response.status).toBe(405)
    expect(response.headers.get("allow")).toBe("GET, HEAD, OPTIONS")
    expect(await response.json()).toMatchObject({ status: 405, code: "method_not_allowed" })
    const fixed = await call("/api/v1/datasets/stats", { method: "DELETE" })
    expect(fixed.headers.get("allow"), "and does not take a fixed word for an id").toBe("GET, HEAD, OPTIONS")
    expect((await call("/api/v1/datasets/1", { method: "PATCH" })).headers.get("allow")).toBe(
      "DELETE, GET, HEAD, OPTIONS",
    )
  })

  test("OPTIONS says what may be done, and grants no other origin anything", async () => {
    const response = await call("/api/v1/datasets/", {
      method: "OPTIONS",
      headers: { origin: "https://evil.test", "access-control-request-method": "POST" },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get("allow")).toBe("GET, HEAD, OPTIONS, POST")
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([])
  })

  test("HEAD answers as GET does, without a body", async () => {
    const get = await call("/api/v1/datasets/1")
    const head = await app.request("/api/v1/datasets/1", { method: "HEAD" })
    expect(head.status).toBe(200)
    expect(head.headers.get("etag")).toBe(get.headers.get("etag"))
    expect(await head.text()).toBe("")
  })
})

describe("errors", () => {
  test("name the field of the body that is wrong, as FastAPI does, and repeat nothing that was sent", async () => {
    const body = {
      source: { type: "huggingface", repo_id: "hf_secretToken" },
      format_type: "zip",
      extra: "hf_secretToken",
    }
    const response = await post("/api/v1/datasets/", body)
    expect(response.status).toBe(422)
    expect(response.headers.get("content-type")).toBe("application/json")
    const text = await response.text()
    expect(text).not.toContain("hf_secret")
    expect(JSON.parse(text).detail.map((each: { loc: unknown; type: string }) => [each.loc, each.type])).toEqual([
      [["body", "source", "repo_id"], "string_pattern_mismatch"],
      [["body", "format_type"], "enum"],
      [["body", "extra"], "extra_forbidden"],
    ])
  })

  test("say `missing` for what is not there", async () => {
    for (const [body, loc] of [
      ["", ["body"]],
      ["{}", ["body", "source"]],
      ['{"source": {"type": "huggingface"}}', ["body", "source", "repo_id"]],
    ] as const) {
      const { detail } = await (await post("/api/v1/datasets/", body)).json()
      expect(detail).toEqual([{ loc, msg: "Field required", type: "missing" }])
    }
  })

  test("name the parameter that is wrong", async () => {
    const locs = async (address: string) => {
      const response = await call(address)
      expect(response.status, address).toBe(422)
      return (await response.json()).detail.map((each: { loc: unknown; type: string }) => [each.loc, each.type])
    }
    expect(await locs("/api/v1/datasets/?limit=101&skip=-1")).toEqual([
      [["query", "skip"], "greater_than_equal"],
      [["query", "limit"], "less_than_equal"],
    ])
    expect(await locs("/api/v1/datasets/?limit=1e1")).toEqual([[["query", "limit"], "int_parsing"]])
    expect(await locs("/api/v1/datasets/?limit=")).toEqual([[["query", "limit"], "int_parsing"]])
    expect(await locs("/api/v1/datasets/?status=done")).toEqual([[["query", "status"], "enum"]])
    expect(await locs("/api/v1/datasets/one")).toEqual([[["path", "id"], "int_parsing"]])
    expect(await locs("/api/v1/datasets/99999999999")).toEqual([[["path", "id"], "less_than_equal"]])
    expect(await locs("/api/v1/datasets/1/jobs/x")).toEqual([[["path", "job_id"], "int_parsing"]])
    expect(await locs("/api/v1/hub/datasets/acme/a--b/revisions")).toEqual([[["path", "name"], "value_error"]])
  })

  test("become problem JSON where the client asks for it", async () => {
    const accept = { accept: "application/problem+json" }
    const response = await post("/api/v1/datasets/", { source: source("nope") }, accept)
    expect(response.headers.get("content-type")).toBe("application/problem+json")
    expect(await response.json()).toMatchObject({
      status: 422,
      code: "invalid_params",
      detail: expect.stringContaining("source.repo_id"),
      errors: [{ pointer: "#/source/repo_id", detail: "must be owner/name, as on the Hub" }],
    })
  })

  test("tell JSON that is none from JSON that is wrong", async () => {
    const { detail } = await (await post("/api/v1/datasets/", '{"source": }')).json()
    expect(detail).toMatchObject([{ type: "json_invalid" }])
    expect(detail[0].loc[0]).toBe("body")
    const bytes = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])
    const headers = { "content-type": "application/json" }
    const response = await call("/api/v1/datasets/", { method: "POST", headers, body: bytes })
    expect(await response.json()).toMatchObject({ detail: [{ type: "json_invalid" }] })
  })

  test("refuse bodies of another type, also without a name for it", async () => {
    const send = (headers: Record<string, string>) =>
      call("/api/v1/datasets/", { method: "POST", headers, body: new TextEncoder().encode("a=1") })
    for (const headers of [{ "content-type": "application/x-www-form-urlencoded" }, {}]) {
      const response = await send(headers as Record<string, string>)
      expect(response.status).toBe(415)
      expect(await response.json()).toMatchObject({ code: "unsupported_media_type", status: 415 })
    }
    expect((await post("/api/v1/datasets/", {}, { "content-type": "application/json; charset=utf-8" })).status).toBe(
      422,
    )
  })

  test("say so when the client can read none of our types", async () => {
    const status = async (accept: string) => (await call("/api/v1/datasets", { headers: { accept } })).status
    for (const accept of ["text/html", "application/xml, text/*;q=0.5", "application/json;q=0"]) {
      expect(await status(accept), accept).toBe(406)
    }
    const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    for (const accept of [
      "",
      "*/*",
      "application/*",
      "application/problem+json",
      "text/plain, application/json",
      browser,
    ]) {
      expect(await status(accept), accept).toBe(200)
    }
  })

  test("refuse a body over 256 KB, whether it says its length or not", async () => {
    const large = JSON.stringify({ query: "x".repeat(256 * 1024) })
    expect((await post("/api/datasets/huggingface/search", large)).status).toBe(413)
    let sent = 0
    const endless = new ReadableStream({
      pull(controller) {
        sent++
        controller.enqueue(new Uint8Array(64 * 1024).fill(32))
      },
    })
    const response = await call("/api/datasets/huggingface/search", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: endless,
      duplex: "half",
    } as RequestInit)
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ code: "body_too_large" })
    expect(sent).toBeLessThan(10)
  })

  test("are problem JSON with a sentence, a code and the request's id", async () => {
    const response = await call("/api/v1/datasets/77/", { headers: { "x-request-id": "ci-run-7" } })
    expect(response.status).toBe(404)
    expect(response.headers.get("content-type")).toBe("application/problem+json")
    expect(await response.json()).toEqual({
      type: "urn:robokit:problem:not_found",
      title: "Not found",
      status: 404,
      detail: "There is no dataset 77.",
      instance: "/api/v1/datasets/77",
      code: "not_found",
      request_id: "ci-run-7",
    })
    expect(response.headers.get("etag")).toBeNull()
  })
})

describe("every answer", () => {
  test("carries the client's request id, or ours when that is none", async () => {
    const idFor = async (given?: string) =>
      (await call("/health", given === undefined ? {} : { headers: { "x-request-id": given } })).headers.get(
        "x-request-id",
      )
    expect(await idFor("a.b-C_1")).toBe("a.b-C_1")
    for (const bad of [undefined, "", "a b", "a,b", "x".repeat(129), '"}']) {
      expect(await idFor(bad)).toMatch(/^[\da-f]{8}-[\da-f-]{27}$/)
    }
  })

  test("forbids to sniff, run, frame, or keep it", async () => {
    for (const address of ["/health", "/api/v1/datasets/1/status", "/nowhere", "/api/v1/datasets/x"]) {
      const { headers } = await call(address)
      expect(headers.get("x-content-type-options")).toBe("nosniff")
      expect(headers.get("content-security-policy")).toContain("default-src 'none'")
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin")
      expect(headers.get("cache-control")).toMatch(/no-store|private, no-cache/)
      expect(headers.get("access-control-allow-origin")).toBeNull()
    }
  })

  test("refuses to change anything for a page of another origin", async () => {
    const remove = (site: string) =>
      call("/api/v1/datasets/1", { method: "DELETE", headers: { "sec-fetch-site": site } })
    expect((await remove("cross-site")).status).toBe(403)
    expect((await remove("same-site")).status).toBe(403)
    expect((await remove("same-origin")).status).toBe(204)
  })
})

test("health looks at nothing, readiness at the database", async () => {
  expect(await (await call("/health")).json()).toEqual({ status: "ok" })
  expect(await (await call("/ready")).json()).toEqual({ ready: true, migration: expect.any(Number) })
})
