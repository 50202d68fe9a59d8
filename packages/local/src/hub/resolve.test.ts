import { request } from "node:http"
import { gunzipSync } from "node:zlib"
import { afterAll, describe, expect, it } from "vitest"
import { as, INFO, json, type Named, second, startTestHub, VIDEO } from "./test-hub.ts"

const { hub, get, follow } = await startTestHub()
afterAll(() => hub.close())

describe("files", () => {
  const CAM = "/datasets/team/arm/resolve/main/videos/cam.mp4"

  it("sends a git file by a relative 307 to a place that knows ranges and ETags", async () => {
    const res = await get("/datasets/team/arm/resolve/v3.0/meta/info.json")
    expect(res.status).toBe(307)
    expect(res.headers.get("location")).toMatch(
      new RegExp(`^/api/resolve-cache/datasets/team/arm/${second.id}/meta/info.json\\?`),
    )
    expect(res.headers.get("x-repo-commit")).toBe(second.id)
    const whole = await follow("/datasets/team/arm/resolve/v3.0/meta/info.json")
    expect([whole.status, await whole.text(), whole.headers.get("content-length")]).toEqual([
      200,
      INFO,
      String(INFO.length),
    ])
    const part = await follow("/datasets/team/arm/resolve/v3.0/meta/info.json", { range: "bytes=2-9" })
    expect([part.status, await part.text()]).toEqual([206, INFO.slice(2, 10)])
    const same = await follow("/datasets/team/arm/resolve/v3.0/meta/info.json", {
      "if-none-match": whole.headers.get("etag")!,
    })
    expect(same.status).toBe(304)
  })

  it("gzips a git file for those who take it and never under identity", async () => {
    const location = (await get("/datasets/team/arm/resolve/main/README.md")).headers.get("location")!
    const raw = await rawGet(location, { "accept-encoding": "gzip" })
    expect(raw.headers["content-encoding"]).toBe("gzip")
    expect(raw.headers["content-length"]).toBeUndefined()
    expect(gunzipSync(raw.body).length).toBe(5000)
    const plain = await rawGet(location, { "accept-encoding": "identity" })
    expect([plain.headers["content-encoding"], plain.body.length]).toEqual([undefined, 5000])
  })

  it("sends an LFS file by a 302 to the other origin, whose ETag is not the sha256", async () => {
    const res = await get(CAM)
    expect([res.status, res.headers.get("x-linked-size")]).toEqual([302, String(VIDEO.length)])
    expect(res.headers.get("location")!.startsWith(`${hub.cdn_url}/`)).toBe(true)
    const file = await get(res.headers.get("location")!)
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(VIDEO)
    expect(file.headers.get("etag")).not.toBe(res.headers.get("x-linked-etag"))
    expect(file.headers.get("ratelimit")).toBeNull()
  })

  it("answers ranges to the byte, also from the end and past it", async () => {
    const part = async (range: string) => {
      const res = await follow(CAM, { range })
      return [res.status, res.headers.get("content-range"), (await res.arrayBuffer()).byteLength]
    }
    expect(await part("bytes=0-0")).toEqual([206, "bytes 0-0/700000", 1])
    expect(await part("bytes=-100")).toEqual([206, "bytes 699900-699999/700000", 100])
    expect(await part("bytes=300000-9999999")).toEqual([206, "bytes 300000-699999/700000", 400_000])
    expect(await part("bytes=700000-")).toEqual([416, "bytes */700000", 0])
    expect(await part("bytes=0-1,5-6")).toEqual([200, null, 700_000])
  })

  it("refuses a forged or expired address and takes note of a token that should not be there", async () => {
    const location = (await get(CAM)).headers.get("location")!
    expect((await get(location.replace("&Expires=", "&Expires=9"))).status).toBe(403)
    const forged = Buffer.from('{"repo":5}').toString("base64url")
    expect((await get(`${hub.cdn_url}/x?Policy=${forged}`)).status).toBe(403)
    hub.faults.add({ match: ({ kind }) => kind === "resolve", times: 1, action: "expire" })
    expect((await follow(CAM)).status).toBe(403)
    expect((await follow(CAM)).status).toBe(200)
    expect(hub.leaked_tokens).toEqual([])
    await get(location, as("hf_owner"))
    expect(hub.leaked_tokens).toEqual(["Bearer hf_owner"])
    hub.leaked_tokens.length = 0
  })

  it("finds odd names, knows an empty file, and calls a missing one EntryNotFound at a named commit", async () => {
    expect(await (await follow("/datasets/team/arm/resolve/main/data/deep/er/b%20%231%3F.txt")).text()).toBe("odd name")
    expect((await follow("/datasets/team/arm/resolve/main/empty")).headers.get("content-length")).toBe("0")
    for (const path of ["nope.json", "data", "..%2f..%2fetc%2fpasswd", "__proto__"]) {
      const res = await get(`/datasets/team/arm/resolve/main/${path}`)
      expect([res.status, res.headers.get("x-error-code"), res.headers.get("x-repo-commit")]).toEqual([
        404,
        "EntryNotFound",
        second.id,
      ])
    }
  })
})

describe("access", () => {
  const outcome = async (path: string, headers: Record<string, string> = {}) => {
    const res = await get(path, headers)
    return [res.status, res.headers.get("x-error-code"), res.headers.get("x-error-message")]
  }

  it("makes missing and private look alike, differently to the anonymous and to a token", async () => {
    for (const id of ["team/secret", "no/such"]) {
      expect(await outcome(`/api/datasets/${id}`)).toEqual([401, null, "Invalid username or password."])
      expect(await outcome(`/api/datasets/${id}`, as("hf_other"))).toEqual([
        404,
        "RepoNotFound",
        "Repository not found",
      ])
    }
    expect((await outcome("/api/datasets/team/secret", as("hf_owner")))[0]).toBe(200)
    expect(await outcome("/api/datasets/team/arm", as("hf_bad"))).toEqual([
      401,
      null,
      "Invalid credentials in Authorization header",
    ])
  })

  it("shows a gated repository's card and keeps its git", async () => {
    expect((await outcome("/api/datasets/wild/gated"))[0]).toBe(200)
    for (const below of ["/api/datasets/wild/gated/commits/main", "/datasets/wild/gated/resolve/main/README.md"]) {
      expect((await outcome(below)).slice(0, 2)).toEqual([401, "GatedRepo"])
      expect((await outcome(below, as("hf_other"))).slice(0, 2)).toEqual([403, "GatedRepo"])
    }
    expect((await outcome("/api/datasets/wild/gated-in/commits/main", as("hf_owner")))[0]).toBe(200)
  })

  it("answers for a disabled repository in the words huggingface_hub looks for", async () => {
    expect(await outcome("/api/datasets/wild/disabled")).toEqual([403, null, "Access to this resource is disabled."])
  })

  it("knows whom a token belongs to", async () => {
    expect((await outcome("/api/whoami-v2"))[0]).toBe(401)
    const me = await json<{ name: string; orgs: Named[] }>(get("/api/whoami-v2", as("hf_owner")))
    expect(me).toMatchObject({ type: "user", name: "olga", orgs: [{ name: "team" }] })
  })
})

describe("hostile requests", () => {
  it("get a clear 4xx and never a 500", async () => {
    const paths = [
      "/api/datasets/%ff/x",
      "/api/datasets/a/b/tree/%E0%A4%A",
      "/%00",
      "//evil.example/api",
      "/api/datasets/team/arm/tree",
    ]
    for (const path of [
      ...paths,
      "/api/datasets/constructor",
      "/api/datasets/a/b/c/d/e",
      "/api/datasets/team/arm/tree/main?cursor=%00",
    ]) {
      const { status } = await rawGet(path, {})
      expect(status, path).toBeGreaterThanOrEqual(400)
      expect(status, path).toBeLessThan(500)
    }
  })
})

function rawGet(path: string, headers: Record<string, string>) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number
    headers: Record<string, unknown>
    body: Buffer
  }>()
  const { hostname, port } = new URL(hub.url)
  request({ hostname, port, path, headers }, (res) => {
    const chunks: Buffer[] = []
    res.on("data", (chunk: Buffer) => chunks.push(chunk))
    res.on("end", () => resolve({ status: res.statusCode!, headers: res.headers, body: Buffer.concat(chunks) }))
  })
    .on("error", reject)
    .end()
  return promise
}
