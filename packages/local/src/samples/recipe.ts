import { createHash } from "node:crypto"
import { BUILDER_VERSION } from "@robokit/core/format/lerobot/builder"
import type { SampleCommit, SampleFile, SampleRepo } from "../hub/repo.ts"
import { layerFiles, type Layer } from "./layer.ts"

export interface CommitRecipe {
  title: string
  date: string
  author?: string
  /** What takes time to make; later layers win over earlier ones. */
  layers?: Layer[]
  /** Small files written out here; they win over the layers. */
  files?: Record<string, string | Uint8Array>
}

/** A sample repository as data: nothing is built until a commit's files are asked for. */
export interface Recipe extends Omit<SampleRepo, "commits" | "branches" | "git_tags"> {
  /** Oldest first, each the whole tree. */
  commits: CommitRecipe[]
  /** Branch → index of its newest commit; `main` is the last commit unless it says otherwise. */
  branches?: Record<string, number>
  git_tags?: Record<string, number>
}

export function toRepo({ commits, branches = {}, git_tags = {}, ...rest }: Recipe, dataDir: string): SampleRepo {
  const made = commits.map((commit, at): SampleCommit => {
    let files: Promise<ReadonlyMap<string, SampleFile>> | undefined
    return {
      id: commitId(rest.id, at, commit),
      title: commit.title,
      date: commit.date,
      author: commit.author ?? rest.id.slice(0, rest.id.indexOf("/")),
      // A failed build is not remembered: the next reader tries again.
      files: () =>
        (files ??= treeOf(commit, dataDir).catch((cause: unknown) => ((files = undefined), Promise.reject(cause)))),
    }
  })
  const ids = (named: Record<string, number>) =>
    Object.fromEntries(Object.entries(named).map(([name, at]) => [name, made.at(at)!.id]))
  return { ...rest, commits: made, branches: ids({ main: -1, ...branches }), git_tags: ids(git_tags) }
}

/** What is built belongs to the identity: a commit never changes what it holds. */
const commitId = (repo: string, at: number, { title, date, layers = [], files = {} }: CommitRecipe) => {
  const built = layers.map(({ key }) => key)
  const small = Object.entries(files).map(([path, content]) => [path, Buffer.from(content).toString("base64")])
  const identity = JSON.stringify([BUILDER_VERSION, repo, at, title, date, built, small])
  return createHash("sha1").update(identity).digest("hex")
}

async function treeOf({ layers = [], files = {} }: CommitRecipe, dataDir: string) {
  const tree = new Map<string, SampleFile>()
  for (const layer of layers) for (const [path, file] of await layerFiles(dataDir, layer)) tree.set(path, file)
  for (const [path, content] of Object.entries(files)) tree.set(path, inline(content))
  return new Map([...tree].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function inline(content: string | Uint8Array): SampleFile {
  const bytes = typeof content === "string" ? Buffer.from(content) : content
  return { size: bytes.length, read: (start, end) => bytes.subarray(start, end) }
}
