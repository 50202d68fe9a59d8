import { existsSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { RepoId } from "@robokit/core/dataset/schema"
import { parquetReadObjects } from "hyparquet"
import { BufferSource, EncodedPacketSink, Input, MP4 } from "mediabunny"
import { afterAll, beforeAll, expect, test } from "vitest"
import type { SampleFile, SampleRepo } from "../hub/repo.ts"
import { sampleRepos } from "./catalogue.ts"

let dataDir: string
let repos: SampleRepo[]
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "samples-"))
  repos = sampleRepos(dataDir)
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

type Tree = ReadonlyMap<string, SampleFile>
const repoOf = (id: string) => repos.find((repo) => repo.id === id)!
const headOf = async (repo: SampleRepo): Promise<Tree> =>
  repo.commits.find(({ id }) => id === repo.branches["main"])!.files()
const bytesOf = async (tree: Tree, path: string) => {
  const file = tree.get(path)!
  return new Uint8Array(await file.read(0, file.size))
}
const textOf = async (tree: Tree, path: string) => Buffer.from(await bytesOf(tree, path)).toString()
const rowsOf = async (tree: Tree, path: string, columns?: string[]) =>
  parquetReadObjects({ file: (await bytesOf(tree, path)).buffer, ...(columns ? { columns } : {}) })
const below = (tree: Tree, pattern: RegExp) => [...tree.keys()].filter((path) => pattern.test(path))
const bytesIn = (tree: Tree, pattern = /./) =>
  [...tree].reduce((sum, [path, { size }]) => sum + (pattern.test(path) ? size : 0), 0)

test("listing the catalogue builds nothing", () => {
  const folder = join(dataDir, "never-used")
  const again = sampleRepos(folder)
  expect(existsSync(folder)).toBe(false)
  expect(again.length).toBeGreaterThanOrEqual(36)
})

test("ids are valid and unique, commits the same on every machine, refs point to commits, and samples say so", () => {
  expect(new Set(repos.map(({ id }) => id.toLowerCase())).size).toBe(repos.length)
  const elsewhere = sampleRepos("/elsewhere")
  const commits = (all: SampleRepo[]) => all.map((repo) => repo.commits.map(({ id }) => id))
  expect(commits(elsewhere)).toEqual(commits(repos))
  expect(new Set(commits(repos).flat()).size).toBe(commits(repos).flat().length)

  for (const repo of repos) {
    const ids = repo.commits.map(({ id }) => id)
    expect(RepoId.safeParse(repo.id).success).toBe(true)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{40}$/)
    for (const id of [...Object.values(repo.branches), ...Object.values(repo.git_tags)]) expect(ids).toContain(id)
    expect(repo.branches).toHaveProperty("main")
    const dates = repo.commits.map(({ date }) => Date.parse(date))
    expect(dates).toEqual([...dates].sort((a, b) => a - b))
    expect(repo.description).toMatch(/^RoboKit sample data\./)
    expect(repo.tags).toContain("robokit-sample")
  }
})

test("every access rule of the Hub has a repository", () => {
  expect(new Set(repos.map(({ gated = false }) => gated))).toEqual(new Set([false, "auto", "manual"]))
  expect(repos.filter((repo) => repo.private)).not.toEqual([])
  expect(repos.filter((repo) => repo.disabled)).not.toEqual([])
  expect(repos.filter((repo) => repo.renamed_from?.length)).not.toEqual([])
})

test("every commit of every repository builds, in seconds, and has its tree in path order", async () => {
  for (const repo of repos) {
    const started = process.cpuUsage()
    for (const commit of repo.commits) {
      const paths = [...(await commit.files()).keys()]
      expect(paths).toEqual([...paths].sort())
    }
    const { user, system } = process.cpuUsage(started)
    expect((user + system) / 1e6, repo.id).toBeLessThan(repo.id === "observabot/so101_die_mat4" ? 10 : 5)
    expect(below(await headOf(repo), /^README.md$/)).toHaveLength(1)
  }
}, 120_000)

test("the 217-episode set: three cameras, three sensors, enough video that its metadata is under 2 %", async () => {
  const repo = repoOf("observabot/so101_die_mat4")
  const tree = await headOf(repo)
  const info = JSON.parse(await textOf(tree, "meta/info.json"))
  const features = Object.entries(info.features as Record<string, { dtype: string }>)

  expect(info).toMatchObject({ codebase_version: "v3.0", total_episodes: 217, total_tasks: 3 })
  expect(features.filter(([, { dtype }]) => dtype === "video")).toHaveLength(3)
  const sensors = features.filter(([name, { dtype }]) => name.startsWith("observation.") && dtype !== "video")
  expect(sensors).toHaveLength(3)
  expect(await rowsOf(tree, "meta/episodes/chunk-000/file-000.parquet", ["episode_index"])).toHaveLength(217)
  expect(bytesIn(tree)).toBeGreaterThan(25e6)
  expect(bytesIn(tree, /^meta\//) / bytesIn(tree)).toBeLessThan(0.02)

  const at = (name: string) => repo.commits.find(({ id }) => id === repo.git_tags[name])!
  const old = await at("v2.1").files()
  expect(JSON.parse(await textOf(old, "meta/info.json"))).toMatchObject({ codebase_version: "v2.1" })
  expect(below(old, /\.mp4$/)).toHaveLength(651)
  expect(Object.keys(repo.branches)).toHaveLength(2)
})

test("every video has as many frames as its takes have rows", async () => {
  for (const repo of repos) {
    const tree = await headOf(repo)
    if (repo.id.startsWith("broken-things/")) continue
    for (const path of below(tree, /\.mp4$/)) {
      expect(await framesIn(tree.get(path)!), `${repo.id} ${path}`).toBe(await rowsFor(tree, path))
    }
  }
}, 120_000)

async function framesIn(file: SampleFile): Promise<number> {
  using input = new Input({ source: new BufferSource(new Uint8Array(await file.read(0, file.size))), formats: [MP4] })
  const track = (await input.getPrimaryVideoTrack())!
  let frames = 0
  for await (const _ of new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly: true })) frames++
  return frames
}

const lengths = new WeakMap<Tree, Promise<Map<string, number>>>()

/** Rows of the takes that an mp4 shows, as the episode tables have it. */
async function rowsFor(tree: Tree, path: string): Promise<number | undefined> {
  const known = lengths.get(tree) ?? (tree.has("meta/episodes.jsonl") ? rowsPerVideoV2(tree) : rowsPerVideoV3(tree))
  lengths.set(tree, known)
  return (await known).get(path)
}

async function rowsPerVideoV2(tree: Tree) {
  const rows = new Map<string, number>()
  for (const path of below(tree, /\.mp4$/)) {
    const [, chunk, file] = /^videos\/(chunk-\d+)\/[^/]+\/(episode_\d+)\.mp4$/.exec(path)!
    rows.set(path, (await rowsOf(tree, `data/${chunk}/${file}.parquet`, ["index"])).length)
  }
  return rows
}

async function rowsPerVideoV3(tree: Tree) {
  const rows = new Map<string, number>()
  const cameras = new Set(below(tree, /\.mp4$/).map((path) => path.split("/")[1]!))
  const pad = (value: unknown) => String(value).padStart(3, "0")
  for (const path of below(tree, /^meta\/episodes\//)) {
    for (const row of await rowsOf(tree, path)) {
      for (const camera of cameras) {
        const [chunk, file] = ["chunk", "file"].map((part) => pad(row[`videos/${camera}/${part}_index`]))
        const video = `videos/${camera}/chunk-${chunk}/file-${file}.mp4`
        rows.set(video, (rows.get(video) ?? 0) + Number(row["length"]))
      }
    }
  }
  return rows
}

test("a broken repository is broken in the way it says", async () => {
  const tree = (name: string) => headOf(repoOf(`broken-things/${name}`))

  expect(below(await tree("no_episodes_table"), /^meta\/episodes/)).toEqual([])
  const killed = await tree("killed_recorder")
  for (const path of below(killed, /parquet$/)) {
    const end = (await bytesOf(killed, path)).subarray(-4)
    expect(Buffer.from(end).toString() === "PAR1").toBe(path === "meta/tasks.parquet")
  }
  const pointers = await tree("lfs_pointers")
  for (const path of below(pointers, /(parquet|mp4)$/)) {
    expect(await textOf(pointers, path)).toMatch(/^version https:\/\/git-lfs.+\noid sha256:[0-9a-f]{64}\nsize \d+\n$/)
  }
  expect(await textOf(await tree("nan_tokens"), "meta/info.json")).toContain('"success_rate": NaN')
  expect(await textOf(await tree("nan_tokens"), "meta/stats.json")).toContain("NaN")
  expect(await textOf(await tree("nan_fps"), "meta/info.json")).toContain('"fps": NaN')
  expect(await textOf(await tree("v3_label_on_v2"), "meta/info.json")).toContain('"v3.0"')
  expect(below(await tree("v3_label_on_v2"), /episodes.jsonl$/)).toHaveLength(1)
  expect(below(await tree("lost_wrist_camera"), /wrist.*mp4$/)).toEqual([])
  expect(below(await tree("lost_wrist_camera"), /front.*mp4$/)).toHaveLength(1)
  expect(below(await tree("v2_leftovers"), /^data\//)).toEqual([
    "data/chunk-000/episode_000000.parquet",
    "data/chunk-000/file-000.parquet",
  ])
  expect(below(await tree("nothing_recorded"), /^(data|videos)\//)).toEqual([])
  const info = await textOf(await tree("half_an_info"), "meta/info.json")
  expect(() => JSON.parse(info)).toThrow(SyntaxError)
})
