import { Link } from "@tanstack/react-router"
import { isSha } from "../dataset-address.ts"
import { shortSha } from "../formatting.ts"
import { ImportRun } from "./import-run.tsx"
import { RepoName } from "./repo-name.tsx"
import "./notes.css"

/** The page of a dataset that nobody imported yet: one click does. */
export function NotImported({ repoId, revision }: { repoId: string; revision: string | null }) {
  const at = revision === null ? "" : isSha(revision) ? ` at ${shortSha(revision)}` : ` at ${revision}`
  return (
    <div className="stack">
      <h1>
        <RepoName name={repoId} />
      </h1>
      <div className="empty">
        <h2>Not imported{at}</h2>
        <p>
          RoboKit has not read this dataset{at} yet. Importing pins it to its commit and reads what it says about
          itself.
        </p>
        <ImportRun repoId={repoId} revision={revision ?? "main"} format="auto" opensPage />
        <p className="small">
          Another revision?{" "}
          <Link to="/import" search={{ dataset: repoId }}>
            Choose from its branches, tags and commits
          </Link>
        </p>
      </div>
    </div>
  )
}
