import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type HttpServer, serve } from "./http-server.ts"
import { functionUrl } from "./lambda/http.ts"
import { LocalFunction } from "./lambda/function.ts"
import { portal } from "./portal.ts"

const folder = mkdtempSync(join(tmpdir(), "robokit-portal-"))
const SCRIPT = `console.log(${JSON.stringify("x".repeat(5000))})`
let fn: LocalFunction
let site: HttpServer
beforeAll(async () => {
  mkdirSync(join(folder, "site/assets"), { recursive: true })
  writeFileSync(join(folder, "site/index.html"), "<!doctype html><title>portal</title>")
  writeFileSync(join(folder, "site/assets/main-abc.js"), SCRIPT)
  writeFileSync(join(folder, "secret.txt"), "secret")
  writeFileSync(
    join(folder, "api.mjs"),
    `export const handler = async (event) => {
      if (event.rawPath === "/api/throw") throw new Error("bad")
      if (event.rawPath === "/api/hang") await new Promise(() => {})
      if (event.rawPath === "/api/huge") return { statusCode: 200, body: "x".repeat(7 * 2 ** 20) }
      if (event.rawPath === "/api/bytes") return { statusCode: 200, isBase64Encoded: true, body: Buffer.from([0, 255, 128]).toString("base64") }
      if (event.rawPath === "/api/empty") return { statusCode: 204 }
      return { statusCode: 201, headers: { "content-type": "application/json", "x-mine": "1" }, cookies: ["a=1", "b=2"], body: JSON.stringify(event) }
    }`,
  )
  const env = {}
  fn = new LocalFunction({
    name: "api",
    file: join(folder, "api.mjs"),
    timeout_s: 1,
    memory_mb: 128,
    concurrency: 2,
    env,
  })
  site = await serve(
    portal({ folder: join(folder, "site"), api: functionUrl(fn), media_origins: ["http://127.0.0.1:7860"] }),
    0,
  )
})
afterAll(async () => {
  await site?.stop()
  await fn?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The address as it is, where `fetch` would resolve its dots. */
const raw = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    request(`${site.url}`, { path, headers, method }, (response) => {
      let body = ""
      response.on("data", (chunk) => (body += chunk))
      response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body }))
    })
      .on("error", reject)
      .end()
  })

describe("the portal", () => {
  test.each(["/", "/import", "/owner/name@v1.0", "/owner/na.me@0123456789abcdef0123456789abcdef01234567/jobs/1"])(
    "answers %s with the page",
    async (path) => {
      const page = await raw(path, { accept: "text/html,application/xhtml+xml" })
      expect(page).toMatchObject({ status: 200, body: expect.stringContaining("<title>portal</title>") })
      expect(page.headers).toMatchObject({ "content-type": "text/html; charset=utf-8", "cache-control": "no-cache" })
    },
  )

  test("does not answer with the page where a script or a picture is missing", async () => {
    expect((await raw("/assets/gone-abc.js", { accept: "text/html" })).status).toBe(404)
    expect((await raw("/favicon.ico", { accept: "image/webp,*/*;q=0.8" })).status).toBe(404)
  })

  test("serves nothing from outside its folder", async () => {
    for (const path of ["/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt"]) {
      expect((await raw(path)).body).not.toContain("secret")
    }
  })

  test("lets hashed files be kept for ever, compressed as the browser takes them", async () => {
    const plain = await raw("/assets/main-abc.js")
    expect(plain.body).toBe(SCRIPT)
    expect(plain.headers["cache-control"]).toBe("public, max-age=31536000, immutable")
    for (const encoding of ["br", "gzip"]) {
      const answer = await fetch(`${site.url}/assets/main-abc.js`, { headers: { "accept-encoding": encoding } })
      expect(answer.headers.get("content-encoding")).toBe(encoding)
      expect(Number(answer.headers.get("content-length"))).toBeLessThan(500)
      expect(await answer.text()).toBe(SCRIPT)
    }
    expect((await raw("/assets/main-abc.js", { "accept-encoding": "br;q=0" })).body).toBe(SCRIPT)
  })

  test("answers 304 to who has the file already", async () => {
    const { headers } = await raw("/")
    expect((await raw("/", { "if-none-match": String(headers.etag) })).status).toBe(304)
  })

  test("says what a browser may run, load and frame", async () => {
    const { headers } = await raw("/")
    const policy = String(headers["content-security-policy"])
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(policy).toContain("media-src 'self' data: http://127.0.0.1:7860")
    expect(policy).toContain("connect-src 'self'")
    expect(policy).not.toMatch(/unsafe|\*/)
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" })
  })

  test("takes no writes outside the API", async () => {
    const answer = await raw("/import", {}, "POST")
    expect(answer).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } })
  })
})

describe("the API behind it", () => {
  test.each(["/api", "/api/v1/datasets/", "/openapi.json", "/docs", "/docs/", "/health", "/ready", "/ready/"])(
    "gets %s",
    async (path) => {
      expect(JSON.parse((await raw(path, { accept: "text/html" })).body)).toMatchObject({
        version: "2.0",
        rawPath: path,
      })
    },
  )

  test("sees a request as AWS hands it on", async () => {
    const answer = await fetch(`${site.url}/api/a%2Fb?x=1&x=2&y=%20`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie: "c=1; d=2", "x-twice": "1" },
      body: '{"ü":1}',
    })
    const event = (await answer.json()) as Record<string, unknown>
    expect(event).toMatchObject({
      rawPath: "/api/a%2Fb",
      rawQueryString: "x=1&x=2&y=%20",
      queryStringParameters: { x: "1,2", y: " " },
      cookies: ["c=1", "d=2"],
      headers: { "content-type": "application/json", "x-twice": "1" },
      requestContext: { http: { method: "POST", sourceIp: "127.0.0.1" } },
      body: '{"ü":1}',
      isBase64Encoded: false,
    })
    expect(answer.status).toBe(201)
    expect(answer.headers.get("x-mine")).toBe("1")
    expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"])
  })

  test("gets bytes that are no text whole, and gives them whole", async () => {
    const bytes = Buffer.from([0, 1, 254, 255])
    const sent = await fetch(`${site.url}/api/x`, { method: "PUT", body: bytes })
    expect(await sent.json()).toMatchObject({ isBase64Encoded: true, body: bytes.toString("base64") })
    const broken = await fetch(`${site.url}/api/x`, {
      method: "PUT",
      body: bytes,
      headers: { "content-type": "text/plain" },
    })
    expect(await broken.json()).toMatchObject({ isBase64Encoded: true, body: bytes.toString("base64") })
    const got = await fetch(`${site.url}/api/bytes`)
    expect([...new Uint8Array(await got.arrayBuffer())]).toEqual([0, 255, 128])
    expect((await fetch(`${site.url}/api/empty`)).status).toBe(204)
  })

  test.each([
    ["/api/throw", 502, "unexpected"],
    ["/api/hang", 504, "time_limit"],
    ["/api/huge", 502, "unexpected"],
  ])("that fails at %s is a problem document with %i", async (path, status, code) => {
    const answer = await fetch(`${site.url}${path}`)
    expect(answer.status).toBe(status)
    expect(answer.headers.get("content-type")).toBe("application/problem+json")
    expect(await answer.json()).toMatchObject({ status, code, detail: expect.stringMatching(/\.$/) })
  })

  test("is spared a body over 6 MB", async () => {
    const body = "x".repeat(6 * 2 ** 20 + 1)
    const answer = await fetch(`${site.url}/api/x`, { method: "POST", body, headers: { "content-type": "text/plain" } })
    expect(answer.status).toBe(413)
    expect(await answer.json()).toMatchObject({ code: "too_large" })
  })
})
