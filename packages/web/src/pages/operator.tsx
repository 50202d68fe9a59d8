import { useQuery } from "@tanstack/react-query"
import { statsQuery } from "../api/datasets.ts"
import { DeadJobs } from "../components/dead-jobs.tsx"
import { ErrorNote } from "../components/error-note.tsx"
import { useTitle } from "../components/title.tsx"
import { formatCount } from "../formatting.ts"
import "../components/stat-tiles.css"
import "./operator.css"

/** What wants the operator's hand. */
export function Operator() {
  useTitle("Operator")
  const { data: stats, error, refetch } = useQuery(statsQuery)
  return (
    <>
      <h1>Operator</h1>
      <p className="soft operator-about">What runs, what went wrong, and what waits for a decision of yours.</p>
      {error && <ErrorNote error={error} title="Nothing could be counted" onRetry={() => void refetch()} />}
      {stats && (
        <dl className="tiles" aria-label="Totals">
          <Tile name="Open jobs" value={stats.open_jobs} about="queued or running" />
          <Tile name="Datasets at work" value={atWork(stats.by_status)} about="with a job that is open" />
          <Tile name="Datasets not read" value={stats.by_status.failed ?? 0} about="their metadata job failed" />
        </dl>
      )}
      <DeadJobs />
    </>
  )
}

const atWork = (by: Partial<Record<"pending" | "processing", number>>) => (by.pending ?? 0) + (by.processing ?? 0)

const Tile = ({ name, value, about }: { name: string; value: number; about: string }) => (
  <div className="tile">
    <dt>{name}</dt>
    <dd>
      <span className="tile-value">{formatCount(value)}</span>
      <span className="tile-about">{about}</span>
    </dd>
  </div>
)
