import { isSha } from "./dataset-address.ts"
import { parseReference } from "./reference.ts"

export interface ComparedWith {
  repo_id: string
  /** A commit, branch or tag; null: the newest import. */
  revision: string | null
}

/** What follows `/compare/`: a revision of the same repository, or `owner/name[@revision]` of another. Null when nothing does. */
export function readCompared(other: string, repoId: string): ComparedWith | null {
  if (other === "") return null
  const reference = parseReference(other)
  if (reference.kind === "dataset") return { repo_id: reference.repo_id, revision: reference.revision }
  return { repo_id: repoId, revision: other }
}

/** The shortest that leads there: the commit alone where the repository is the same. */
export const comparedAddress = ({ repo_id, revision }: { repo_id: string; revision: string }, repoId: string) =>
  repo_id === repoId && isSha(revision) ? revision : `${repo_id}@${revision}`
