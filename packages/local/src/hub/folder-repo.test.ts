import { chmod, mkdir, mkdtemp, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { folderRepos, repoNames } from "./folder-repo.ts"
import { type SampleHub, startSampleHub } from "./server.ts"

let dir: string
let hub: SampleHub | undefined
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "hub-dir-"))
})
afterEach(async () => {
  await hub?.close()
  hub = undefined
  await rm(dir, { recursive: true })
})

const put = async (path: string, content: string | Uint8Array = "x") => {
  await mkdir(join(dir, path, ".."), { recursive: true })
  await writeFile(join(dir, path), content)
}
/** Root may read everything, so the test steps down for a moment. */
async function asOrdinaryUser<T>(act: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return act()
  await chmod(dir, 0o755)
  process.seteuid!(65_534)
  try {
    return await act()
  } finally {
    process.seteuid!(0)
  }
}
const REPO_ID = /^local\/(?!.*(--|\.\.|\.git$))\w(?:[\w.-]{0,94}\w)?$/

describe("a folder as a Hub", () => {
  it("serves every sub-folder, whatever it holds, to the default search", async () => {
    await put("lerobot set/meta/info.json", '{"codebase_version":"v2.1"}')
    await put("broken/meta/info.json", "{")
    await put("deep/a/b/c/d/e/f/.gitkeep", "")
    await put("carded/README.md", "---\nlicense: mit\ntags:\n- so101\ntask_categories: [robotics, other]\n---\n")
    await mkdir(join(dir, "nothing"))
    await put("a-file-beside-them.json")
    hub = await startSampleHub({ repos: [], hub_dir: dir })
    const res = await fetch(`${hub.url}/api/datasets?filter=task_categories:robotics&sort=downloads&direction=-1`)
    const items = (await res.json()) as { id: string; tags: string[]; sha: string }[]
    const tags = Object.fromEntries(items.map((each) => [each.id, each.tags]))
    expect(tags).toEqual({
      "local/lerobot-set": ["task_categories:robotics", "LeRobot"],
      "local/broken": ["task_categories:robotics"],
      "local/deep": ["task_categories:robotics"],
      "local/carded": ["task_categories:robotics", "license:mit", "so101", "task_categories:other"],
      "local/nothing": ["task_categories:robotics"],
    })
    const list = async (id: string) =>
      (
        (await (await fetch(`${hub!.url}/api/datasets/${id}/tree/main?recursive=true`)).json()) as { path: string }[]
      ).map(({ path }) => path)
    expect(await list("local/nothing")).toEqual([])
    const refs = async (id: string) =>
      (await (await fetch(`${hub!.url}/api/datasets/${id}/refs`)).json()) as Record<string, { name: string }[]>
    const { branches, tags: versions } = await refs("local/lerobot-set")
    expect(versions).toEqual([{ ...branches![0], name: "v2.1", ref: "refs/tags/v2.1" }])
    expect(await refs("local/broken")).toMatchObject({ tags: [] })
    expect((await list("local/deep")).at(-1)).toBe("a/b/c/d/e/f/.gitkeep")
  })

  it("streams from disk the bytes that are there", async () => {
    const bytes = Uint8Array.from({ length: 1_000_000 }, (_, i) => (i * 31) % 256)
    await put("one/videos/a.mp4", bytes)
    hub = await startSampleHub({ repos: [], hub_dir: dir })
    const whole = await fetch(`${hub.url}/datasets/local/one/resolve/main/videos/a.mp4`)
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true)
    const part = await fetch(whole.url, { headers: { range: "bytes=262140-262150" } })
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(bytes.slice(262_140, 262_151))
  })

  it("cuts the connection rather than invent bytes when a file shrank under it", async () => {
    await put("one/a.parquet", new Uint8Array(500_000))
    hub = await startSampleHub({ repos: [], hub_dir: dir })
    const { url } = await fetch(`${hub.url}/datasets/local/one/resolve/main/a.parquet`, { method: "HEAD" })
    await truncate(join(dir, "one/a.parquet"), 300_000)
    await expect(fetch(url).then((res) => res.arrayBuffer())).rejects.toThrow("terminated")
  })

  it("follows no link out of the folder and no ring of links", async () => {
    const outside = await mkdtemp(join(tmpdir(), "outside-"))
    try {
      await writeFile(join(outside, "secret.txt"), "secret")
      await put("one/real.txt")
      await put("shared/s.txt")
      await symlink(join(outside, "secret.txt"), join(dir, "one/leak.txt"))
      await symlink(outside, join(dir, "one/leak"))
      await symlink(outside, join(dir, "two"))
      await symlink("real.txt", join(dir, "one/alias.txt"))
      await symlink(".", join(dir, "one/ring"))
      await symlink("../shared", join(dir, "one/shared"))
      await symlink("../one", join(dir, "shared/back"))
      await symlink("nowhere", join(dir, "one/dangling"))
      const repos = await folderRepos(dir)
      expect(repos.map(({ id }) => id)).toEqual(["local/one", "local/shared"])
      const files = await Promise.all(repos.map(async ({ commits }) => [...(await commits[0]!.files()).keys()]))
      expect(files[0]).toEqual(["alias.txt", "real.txt", "shared/s.txt"])
      expect(files[1]).toEqual(["back/alias.txt", "back/real.txt", "s.txt"])
    } finally {
      await rm(outside, { recursive: true })
    }
  })

  it("shows a folder it may not read whole, says why, and does not give a part of it for the whole", async () => {
    await put("fine/a.txt")
    await put("shut/a.txt")
    await put("partly/b/c.txt")
    await put("names-only/a.txt")
    await put("card/README.md", "---\nlicense: mit\n---\n")
    for (const [path, mode] of Object.entries({ shut: 0, "partly/b": 0, "names-only": 0o644, "card/README.md": 0 })) {
      await chmod(join(dir, path), mode)
    }
    const repos = await asOrdinaryUser(() => folderRepos(dir))
    for (const path of ["shut", "partly/b", "names-only"]) await chmod(join(dir, path), 0o755)
    const said = Object.fromEntries(repos.map((each) => [each.id, each.disabled ? each.description : "readable"]))
    expect(said).toEqual({
      "local/fine": "readable",
      "local/card": "readable",
      "local/shut": expect.stringMatching(/may not read \/.*\/shut\b.* start again/),
      "local/partly": expect.stringMatching(/may not read \/.*\/partly\/b\b/),
      "local/names-only": expect.stringMatching(/may not read \/.*\/names-only\/a\.txt\b/),
    })
  })

  it("says which folder it is, whatever its name became", async () => {
    await put("日本/a.txt")
    await put("한국/a.txt")
    const repos = await folderRepos(dir)
    expect(repos.map(({ description }) => description).toSorted()).toEqual([
      expect.stringContaining("日本"),
      expect.stringContaining("한국"),
    ])
  })

  it("has the same commit until a name, a size or a time changes", async () => {
    await put("one/a.txt", "aa")
    const commit = async () => (await folderRepos(dir))[0]!.commits[0]!
    const before = await commit()
    expect(before.id).toMatch(/^[0-9a-f]{40}$/)
    expect((await commit()).id).toBe(before.id)
    await utimes(join(dir, "one/a.txt"), 1000, 1000)
    const touched = await commit()
    expect(touched.id).not.toBe(before.id)
    expect(touched.date).toBe("1970-01-01T00:16:40.000Z")
  })
})

describe("repository names", () => {
  it("keep what is right and bend the rest to the Hub's rule, without clashes", () => {
    const folders = [
      "good.name",
      "a b",
      "a-b",
      "A-B",
      "..",
      "...",
      "-x-",
      "ünï",
      "rep.git",
      "a--b..c",
      "x".repeat(200),
      "日本",
      ".cache",
    ]
    const names = repoNames(folders)
    expect([...names.values()].toSorted()).toEqual(folders.toSorted())
    for (const name of names.keys()) expect(`local/${name}`).toMatch(REPO_ID)
    expect(names.get("good.name")).toBe("good.name")
    expect(names.get("a-b") ?? names.get("A-B")).toMatch(/^(a-b|A-B)$/)
    expect(names.get("a-b-3") ?? names.get("A-B-3")).toBeDefined()
    expect(new Set([...names.keys()].map((each) => each.toLowerCase())).size).toBe(folders.length)
  })
})
