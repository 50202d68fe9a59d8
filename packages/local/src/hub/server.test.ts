import { createHash } from "node:crypto"
import { afterAll, describe, expect, it } from "vitest"
import { as, first, INFO, json, type Named, next, second, startTestHub, VIDEO } from "./test-hub.ts"

const { hub, get } = await startTestHub()
afterAll(() => hub.close())

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
