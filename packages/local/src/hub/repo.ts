/** One file of a sample repository. `read` returns `[start, end)`; a sparse body returns zeros it never stored. */
export interface SampleFile {
  readonly size: number
  read(start: number, end: number): Promise<Uint8Array> | Uint8Array
}

export interface SampleCommit {
  /** 40 hex digits; the same on every machine. */
  id: string
  title: string
  /** RFC 3339. */
  date: string
  author: string
  /** The whole tree at this commit, in path order. Built at first use, then remembered. */
  files(): Promise<ReadonlyMap<string, SampleFile>>
}

export interface SampleRepo {
  /** `owner/name`. */
  id: string
  description: string
  /** As on the Hub: `LeRobot`, `task_categories:robotics`, `license:apache-2.0`, `size_categories:…`, `modality:…`. */
  tags: string[]
  downloads: number
  likes: number
  created_at: string
  /** Oldest first. */
  commits: SampleCommit[]
  /** Branch name → commit id; always has `main`. */
  branches: Record<string, string>
  /** Git tag → commit id (`v3.0`, …). */
  git_tags: Record<string, string>
  gated?: false | "auto" | "manual"
  private?: boolean
  disabled?: boolean
  /** Former `owner/name`s: the Hub answers these with a 307 to `id`. */
  renamed_from?: string[]
}
