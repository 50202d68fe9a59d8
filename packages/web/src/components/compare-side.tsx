import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useQuery } from "@tanstack/react-query"
import { statusQuery } from "../api/datasets.ts"
import { countWords, VERDICT_WORDS } from "../finding-words.ts"
import { shortSha } from "../formatting.ts"
import { summaryOf, validationJobs, verdictOf } from "../validation-jobs.ts"
import { DatasetLink } from "./dataset-link.tsx"
import { RepoName } from "./repo-name.tsx"
import "./compare.css"

/** One of the two: which commit, and its verdict. */
export function CompareSide({ name, dataset: { id, source, format_type, dataset_metadata: metadata } }: SideProps) {
  const { data: status } = useQuery(statusQuery(id))
  const { done } = validationJobs(status?.jobs ?? [])
  const summary = done && summaryOf(done)
  return (
    <section className="panel" aria-label={name}>
      <p className="small soft">{name}</p>
      <p className="compare-name">
        <DatasetLink source={source}>
          <RepoName name={source.repo_id} /> <code>{shortSha(source.revision)}</code>
        </DatasetLink>
      </p>
      <p className="row small">
        {source.requested_revision !== source.revision && <span>{source.requested_revision}</span>}
        <span className="chip">
          {format_type} {metadata?.format_version}
        </span>
        {status && (
          <span className="soft">
            {done && summary
              ? `${VERDICT_WORDS[verdictOf(summary.verdict, done)]} at ${summary.depth} depth: ${countWords(summary.counts)}`
              : "not validated"}
          </span>
        )}
      </p>
    </section>
  )
}

interface SideProps {
  name: string
  dataset: DatasetInfo
}
