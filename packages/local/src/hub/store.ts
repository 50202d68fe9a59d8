import { Refusal, revisionNotFound } from "./refusal.ts"
import type { SampleCommit, SampleRepo } from "./repo.ts"
import { TreeIndex } from "./tree-index.ts"

/** A repository at a commit. */
export interface Pinned {
  repo: SampleRepo
  commit: SampleCommit
}

/** The repositories, by any spelling of their name, and the branches that tests may move. */
export class Store {
  readonly repos: readonly SampleRepo[]
  readonly #byName = new Map<string, SampleRepo>()
  readonly #branches = new Map<SampleRepo, Map<string, string>>()
  readonly #trees = new WeakMap<SampleCommit, Promise<TreeIndex>>()

  constructor(repos: readonly SampleRepo[]) {
    this.repos = repos
    for (const repo of repos) {
      for (const former of repo.renamed_from ?? []) this.#byName.set(former.toLowerCase(), repo)
      this.#branches.set(repo, new Map(Object.entries(repo.branches)))
    }
    // After the former names: a name given to a new repository belongs to the new one.
    for (const repo of repos) this.#byName.set(repo.id.toLowerCase(), repo)
  }

  /** Also finds a former name or another case; compare `id` to tell. */
  find(id: string): SampleRepo | undefined {
    return this.#byName.get(id.toLowerCase())
  }

  branches(repo: SampleRepo): ReadonlyMap<string, string> {
    return this.#branches.get(repo)!
  }

  setBranch(id: string, branch: string, commit: string): void {
    const repo = this.find(id)
    if (!repo) throw new RangeError(`no sample repository ${id}`)
    if (!repo.commits.some((each) => each.id === commit)) throw new RangeError(`${id} has no commit ${commit}`)
    this.#branches.get(repo)!.set(branch, commit)
  }

  /** The commit of `main`, which a repository always has. */
  head(repo: SampleRepo): SampleCommit {
    return this.pin(repo, "main").commit
  }

  /** Branch, tag, full ref name or 40-hex commit. */
  pin(repo: SampleRepo, rev: string): Pinned {
    const name = rev.replace(/^refs\/(heads|tags)\//, "")
    const id = this.branches(repo).get(name) ?? (Object.hasOwn(repo.git_tags, name) ? repo.git_tags[name] : rev)
    const commit = repo.commits.find((each) => each.id === id)
    if (!commit) throw revisionNotFound(rev)
    return { repo, commit }
  }

  /** From `commit` back to the first one. The sample histories are linear. */
  history({ repo, commit }: Pinned): SampleCommit[] {
    return repo.commits.slice(0, repo.commits.indexOf(commit) + 1).toReversed()
  }

  async tree(commit: SampleCommit): Promise<TreeIndex> {
    const known = this.#trees.get(commit)
    if (known) return known
    const built = commit.files().then((files) => TreeIndex.build(files))
    this.#trees.set(commit, built)
    try {
      return await built
    } catch (cause) {
      this.#trees.delete(commit)
      throw Object.assign(new Refusal(500, "Internal Error - We're working hard to fix this as soon as possible!"), {
        cause,
      })
    }
  }
}
