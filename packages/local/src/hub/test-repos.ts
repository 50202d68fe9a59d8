import type { SampleCommit, SampleFile, SampleRepo } from "./repo.ts"

/** A file held in memory, for tests. */
export function memoryFile(content: string | Uint8Array): SampleFile {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content
  return { size: bytes.length, read: (start, end) => bytes.subarray(start, end) }
}

export function commitOf(n: number, files: Record<string, SampleFile>): SampleCommit {
  return {
    id: n.toString(16).padStart(40, "0"),
    title: `Commit ${n}`,
    date: new Date(Date.UTC(2026, 0, 1 + n)).toISOString(),
    author: "tester",
    files: () => Promise.resolve(new Map(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)))),
  }
}

export function repoOf(id: string, commits: SampleCommit[], rest: Partial<SampleRepo> = {}): SampleRepo {
  return {
    id,
    description: `About ${id}`,
    tags: ["task_categories:robotics"],
    downloads: 0,
    likes: 0,
    created_at: "2026-01-01T00:00:00.000Z",
    commits,
    branches: { main: commits.at(-1)!.id },
    git_tags: {},
    ...rest,
  }
}
