import { createHash } from "node:crypto"
import { gunzipSync } from "node:zlib"
import { request } from "node:http"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { SampleUser } from "./access.ts"
import { type SampleHub, startSampleHub } from "./server.ts"
import { commitOf, memoryFile, repoOf } from "./test-repos.ts"

const VIDEO = Uint8Array.from({ length: 700_000 }, (_, i) => (i * 7919) % 251)
const INFO = '{"codebase_version":"v3.0"}'
const readme = memoryFile("---\nlicense: apache-2.0\n---\n".padEnd(5000, "hello "))
const first = commitOf(1, { "README.md": readme, "data/a.parquet": memoryFile("PAR1 old PAR1") })
const second = commitOf(2, {
  "README.md": readme,
  "data/a.parquet": memoryFile("PAR1 new! PAR1"),
  "data/deep/er/b #1?.txt": memoryFile("odd name"),
  "meta/info.json": memoryFile(INFO),
  "videos/cam.mp4": memoryFile(VIDEO),
  empty: memoryFile(""),
})
const TOKENS: Record<string, SampleUser> = {
  hf_owner: { name: "olga", orgs: ["team"], gated: ["wild/gated-in"] },
  hf_other: { name: "otto" },
}
const PUBLIC = {
  downloads: 50,
  likes: 5,
  git_tags: { "v3.0": second.id },
  branches: { main: second.id, old: first.id, "a/b": first.id },
}
const REPOS = [
  repoOf("team/arm", [first, second], {
    ...PUBLIC,
    tags: ["LeRobot", "license:apache-2.0"],
    renamed_from: ["team/former"],
  }),
  ...Array.from({ length: 7 }, (_, i) =>
    repoOf(`crowd/set-${i}`, [commitOf(16 + i, {})], { downloads: i < 4 ? 10 : 20, likes: 100 - i }),
  ),
  repoOf("team/secret", [first], { private: true }),
  repoOf("wild/gated", [first], { gated: "manual" }),
  repoOf("wild/gated-in", [first], { gated: "auto" }),
  repoOf("wild/disabled", [first], { disabled: true }),
]

let hub: SampleHub
beforeAll(async () => {
  hub = await startSampleHub({
    repos: REPOS,
    tokens: TOKENS,
    quota: { anonymous: { api: 100_000, resolvers: 100_000 } },
  })
})
beforeEach(() => hub.faults.clear())
afterAll(() => hub.close())

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(path.startsWith("http") ? path : hub.url + path, {
    redirect: "manual",
    headers: { "accept-encoding": "identity", ...headers },
  })
const as = (token: string) => ({ authorization: `Bearer ${token}` })
const next = (res: Response) => /^<([^>]+)>; rel="next"$/.exec(res.headers.get("link") ?? "")?.[1]
type Named = { id: string; path: string }
const json = async <T>(res: Response | Promise<Response>) => (await (await res).json()) as T
const follow = async (path: string, headers: Record<string, string> = {}) => {
  const res = await get(path)
  return get(new URL(res.headers.get("location")!, hub.url).href, headers)
}

describe("search", () => {
  it("walks every page by its Link, in order and without repeats, also across ties", async () => {
    const seen: string[] = []
    let pages = 0
    for (
      let at: string | undefined = "/api/datasets?author=crowd&sort=downloads&direction=-1&limit=2";
      at;
      pages += 1
    ) {
      const res: Response = await get(at)
      seen.push(...(await json<Named[]>(res)).map(({ id }) => id))
      at = next(res)
    }
    expect(pages).toBe(4)
    expect(new Set(seen).size).toBe(7)
    expect(seen.slice(0, 3).toSorted()).toEqual(["crowd/set-4", "crowd/set-5", "crowd/set-6"])
  })

  it("needs every filter and takes search as a part of the name in any case", async () => {
    const ids = async (query: string) => (await json<Named[]>(get(`/api/datasets?${query}`))).map(({ id }) => id)
    expect(await ids("filter=LeRobot&filter=license:apache-2.0")).toEqual(["team/arm"])
    expect(await ids("filter=LeRobot&filter=license:mit")).toEqual([])
    expect(await ids("search=ARM")).toEqual(["team/arm"])
    expect(await ids("search=team arm")).toEqual([])
    expect(await ids("search=set&sort=likes&limit=2")).toEqual(["crowd/set-0", "crowd/set-1"])
    expect(await ids("search=set&sort=likes&limit=2&direction=1")).toEqual(["crowd/set-6", "crowd/set-5"])
  })

  it("answers the asked fields only, and 400 to a field, order or cursor it does not know", async () => {
    expect(Object.keys((await json<object[]>(get("/api/datasets?search=arm&expand=sha&expand=tags")))[0]!)).toEqual([
      "_id",
      "id",
      "sha",
      "tags",
    ])
    for (const bad of ["expand=oops", "sort=oops", "cursor=b29wcw==", "limit=-1"]) {
      expect((await get(`/api/datasets?${bad}`)).status, bad).toBe(400)
    }
  })

  it("lists a private repository for its owner's token only", async () => {
    const found = async (headers: Record<string, string>) =>
      (await json<Named[]>(get("/api/datasets?search=secret", headers))).length
    expect([await found({}), await found(as("hf_other")), await found(as("hf_owner"))]).toEqual([0, 0, 1])
  })
})

describe("repository", () => {
  it("resolves branches, tags, encoded names and commits to a commit, and refuses others as RevisionNotFound", async () => {
    const sha = async (rev: string) => (await json<{ sha: string }>(get(`/api/datasets/team/arm${rev}`))).sha
    expect(await sha("")).toBe(second.id)
    for (const rev of ["main", "v3.0", "refs%2Fheads%2Fmain", second.id])
      expect(await sha(`/revision/${rev}`)).toBe(second.id)
    for (const rev of ["old", "a%2Fb"]) expect(await sha(`/revision/${rev}`)).toBe(first.id)
    const missing = await get("/api/datasets/team/arm/revision/nope")
    expect([missing.status, missing.headers.get("x-error-code")]).toEqual([404, "RevisionNotFound"])
  })

  it("tells sizes and true content ids with blobs=true", async () => {
    type Siblings = { siblings: { rfilename: string; size: number; blobId: string; lfs?: { sha256: string } }[] }
    const { siblings } = await json<Siblings>(get("/api/datasets/team/arm/revision/main?blobs=true"))
    const of = (name: string) => siblings.find(({ rfilename }) => rfilename === name)!
    const sha1 = createHash("sha1").update(`blob ${INFO.length}\0${INFO}`).digest("hex")
    expect(of("meta/info.json")).toEqual({ rfilename: "meta/info.json", size: INFO.length, blobId: sha1 })
    expect(of("videos/cam.mp4").lfs!.sha256).toBe(createHash("sha256").update(VIDEO).digest("hex"))
  })

  it("lists commits newest first with their count, and refs", async () => {
    const res = await get("/api/datasets/team/arm/commits/main?limit=1")
    expect(res.headers.get("x-total-count")).toBe("2")
    expect((await json<Named[]>(res)).map(({ id }) => id)).toEqual([second.id])
    const rest = await get(next(res)!)
    expect((await json<Named[]>(rest)).map(({ id }) => id)).toEqual([first.id])
    expect(next(rest)).toBeUndefined()
    expect(await json(get("/api/datasets/team/arm/refs"))).toMatchObject({
      branches: [{ name: "main", ref: "refs/heads/main", targetCommit: second.id }, { name: "old" }, { name: "a/b" }],
      tags: [{ name: "v3.0", ref: "refs/tags/v3.0", targetCommit: second.id }],
      converts: [],
    })
  })

  it("redirects a former name and another case to the present name, whatever is below", async () => {
    for (const [from, to] of [
      [
        "/api/datasets/team/former/tree/main/data?recursive=true",
        "/api/datasets/team/arm/tree/main/data?recursive=true",
      ],
      ["/api/datasets/Team/Arm", "/api/datasets/team/arm"],
      ["/datasets/team/former/resolve/main/README.md", "/datasets/team/arm/resolve/main/README.md"],
    ]) {
      const res = await get(from!)
      expect([res.status, res.headers.get("location")]).toEqual([307, to])
    }
  })
})

describe("tree", () => {
  it("lists folders before files, with true ids and pointers", async () => {
    const root = await json<Named[]>(get("/api/datasets/team/arm/tree/main"))
    expect(root.map(({ path }) => path)).toEqual(["data", "meta", "videos", "README.md", "empty"])
    expect((await get("/api/datasets/team/arm/tree/main/data%2Fa.parquet")).status).toBe(404)
    const [, file] = await json<object[]>(get("/api/datasets/team/arm/tree/main/data"))
    const sha = createHash("sha256").update("PAR1 new! PAR1").digest("hex")
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha}\nsize 14\n`
    const oid = createHash("sha1").update(`blob ${pointer.length}\0${pointer}`).digest("hex")
    const lfs = { oid: sha, size: 14, pointerSize: pointer.length }
    expect(file).toEqual({ type: "file", oid, size: 14, lfs, path: "data/a.parquet" })
  })

  it("pages a recursive listing without losing or repeating an entry", async () => {
    const whole = await json<Named[]>(get("/api/datasets/team/arm/tree/main?recursive=true"))
    const paged: Named[] = []
    for (let at: string | undefined = "/api/datasets/team/arm/tree/main?recursive=true&limit=2"; at;) {
      const res: Response = await get(at)
      paged.push(...(await json<Named[]>(res)))
      at = next(res)
    }
    expect(paged).toEqual(whole)
    expect(whole.map(({ path }) => path)).toContain("data/deep/er/b #1?.txt")
  })

  it("says with expand which commit last changed a file", async () => {
    type Expanded = { path: string; lastCommit: { id: string } }[]
    const entries = await json<Expanded>(get("/api/datasets/team/arm/tree/main?expand=true"))
    expect(entries.find(({ path }) => path === "README.md")!.lastCommit.id).toBe(first.id)
    expect(entries.find(({ path }) => path === "empty")!.lastCommit.id).toBe(second.id)
  })

  it("answers paths-info for JSON and forms alike, leaving out what is not there", async () => {
    const ask = (body: string | URLSearchParams, type: string) =>
      json<Named[]>(
        fetch(`${hub.url}/api/datasets/team/arm/paths-info/main`, {
          method: "POST",
          body,
          headers: { "content-type": type },
        }),
      )
    const paths = ["meta/info.json", "nope", "data"]
    const asJson = await ask(JSON.stringify({ paths, expand: false }), "application/json")
    const asForm = await ask(
      new URLSearchParams(paths.map((path): [string, string] => ["paths", path])),
      "application/x-www-form-urlencoded",
    )
    expect(asJson.map(({ path }) => path)).toEqual(["meta/info.json", "data"])
    expect(asForm).toEqual(asJson)
  })
})

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
