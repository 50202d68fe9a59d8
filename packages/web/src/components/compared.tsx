import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { comparisonQuery } from "../api/compare.ts"
import { isNotIndexed } from "../api/episodes.ts"
import { statusQuery } from "../api/datasets.ts"
import { comparedAddress } from "../compare-address.ts"
import { CompareEpisodes } from "./compare-episodes.tsx"
import { CompareFeatures } from "./compare-features.tsx"
import { CompareFindings } from "./compare-findings.tsx"
import { CompareMetadata } from "./compare-metadata.tsx"
import { CompareSide } from "./compare-side.tsx"
import { CompareTasks } from "./compare-tasks.tsx"
import { addressOf } from "./dataset-link.tsx"
import { ErrorNote } from "./error-note.tsx"
import { Loading } from "./loading.tsx"
import { NeedsIndex } from "./needs-index.tsx"
import { PartialIndex } from "./partial-index.tsx"
import "./compare.css"

interface Props {
  from: DatasetInfo
  to: DatasetInfo
}

/** What is other in `to` than in `from`, the answer first: what became of the findings. */
export function Compared({ from, to }: Props) {
  const { data, error, refetch } = useQuery(comparisonQuery(from.id, to.id))
  return (
    <>
      <div className="compare-sides">
        <CompareSide name="From" dataset={from} />
        <CompareSide name="To" dataset={to} />
      </div>
      <p>
        <Link
          to="/$owner/$ref/compare/$"
          params={{ ...addressOf(to.source), _splat: comparedAddress(from.source, to.source.repo_id) }}
          className="button button-small"
        >
          The other way round
        </Link>
      </p>
      {isNotIndexed(error) && (
        <>
          <Unindexed dataset={from} />
          <Unindexed dataset={to} />
        </>
      )}
      {error && !isNotIndexed(error) && (
        <ErrorNote error={error} title="They could not be compared" onRetry={() => void refetch()} />
      )}
      {!data && !error && <Loading what="the comparison" />}
      {data && (
        <>
          {data.from.partial && <Incomplete name="first" dataset={from} />}
          {data.to.partial && <Incomplete name="second" dataset={to} />}
          <CompareFindings findings={data.findings ?? null} from={from} to={to} />
          <CompareMetadata fields={data.metadata} />
          <CompareFeatures features={data.features} />
          <CompareTasks tasks={data.tasks} />
          <CompareEpisodes episodes={data.episodes} from={from} to={to} />
        </>
      )}
    </>
  )
}

const Incomplete = ({ name, dataset }: { name: string; dataset: DatasetInfo }) => (
  <PartialIndex dataset={dataset} title={`The index of the ${name} is not complete`}>
    Episodes, tasks and features that only the other one seems to have may be in this one too.
  </PartialIndex>
)

/** The job that is missing, of whichever of the two has no index yet. */
function Unindexed({ dataset }: { dataset: DatasetInfo }) {
  const { data: status } = useQuery(statusQuery(dataset.id))
  const isIndexed = status?.jobs.some((job) => job.job_type === "indexing" && job.status === "completed")
  return status && !isIndexed ? <NeedsIndex dataset={dataset} /> : null
}
