import type { SampleUser } from "./access.ts"
import { type SampleHub, startSampleHub } from "./server.ts"
import { commitOf, memoryFile, repoOf } from "./test-repos.ts"

export const VIDEO = Uint8Array.from({ length: 700_000 }, (_, i) => (i * 7919) % 251)
export const INFO = '{"codebase_version":"v3.0"}'
const readme = memoryFile("---\nlicense: apache-2.0\n---\n".padEnd(5000, "hello "))
export const first = commitOf(1, { "README.md": readme, "data/a.parquet": memoryFile("PAR1 old PAR1") })
export const second = commitOf(2, {
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

export type Named = { id: string; path: string }

export const as = (token: string) => ({ authorization: `Bearer ${token}` })
export const next = (res: Response) => /^<([^>]+)>; rel="next"$/.exec(res.headers.get("link") ?? "")?.[1]
export const json = async <T>(res: Response | Promise<Response>) => (await (await res).json()) as T

/** A Hub for tests that read, and the ways to ask it. */
export async function startTestHub() {
  const quota = { anonymous: { api: 100_000, resolvers: 100_000 } }
  const hub: SampleHub = await startSampleHub({ repos: REPOS, tokens: TOKENS, quota })
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(new URL(path, hub.url), { redirect: "manual", headers: { "accept-encoding": "identity", ...headers } })
  /** Follows the one redirect of a file by hand; `headers` go to the second address only. */
  const follow = async (path: string, headers: Record<string, string> = {}) =>
    get((await get(path)).headers.get("location")!, headers)
  return { hub, get, follow }
}
