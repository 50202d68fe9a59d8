import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { formatCount, formatDuration, shortSha } from "../formatting.ts"
import { Ago } from "./ago.tsx"
import { DatasetBadge } from "./dataset-badge.tsx"
import { DatasetLink } from "./dataset-link.tsx"
import { DeleteDataset } from "./delete-dataset.tsx"
import { Known } from "./known.tsx"
import "./dataset-table.css"

/** A table where there is room; on a phone each row becomes a card. */
export const DatasetTable = ({ datasets }: { datasets: DatasetInfo[] }) => (
  <div className="panel datasets-panel">
    <table className="datasets">
      <caption className="visually-hidden">Imported datasets, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Dataset</th>
          <th scope="col">Verdict</th>
          <th scope="col" className="number">
            Episodes
          </th>
          <th scope="col" className="number">
            Frames
          </th>
          <th scope="col" className="number">
            Duration
          </th>
          <th scope="col">Imported</th>
          <th scope="col">
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {datasets.map((dataset) => (
          <Row
            key={dataset.id}
            dataset={dataset}
            format={hasSibling(dataset, datasets) ? dataset.format_type : undefined}
          />
        ))}
      </tbody>
    </table>
  </div>
)

/** An address alone leads to the newest import of its commit. */
const hasSibling = ({ id, source }: DatasetInfo, datasets: DatasetInfo[]) =>
  datasets.some(
    (each) => each.id !== id && each.source.repo_id === source.repo_id && each.source.revision === source.revision,
  )

function Row({ dataset, format }: { dataset: DatasetInfo; format: string | undefined }) {
  const { source, dataset_metadata: metadata, status, verdict, progress, format_type } = dataset
  const isOpen = status === "pending" || status === "processing"
  return (
    <tr>
      <th scope="row" className="datasets-name">
        <DatasetLink source={source} format={format}>
          {source.repo_id}
        </DatasetLink>
        <span className="datasets-source">
          <span>{metadata?.format_version ? `${format_type} ${metadata.format_version}` : format_type}</span>
          <span aria-hidden="true">·</span>
          <code>{shortSha(source.revision)}</code>
          {source.requested_revision !== source.revision && <span>from {source.requested_revision}</span>}
        </span>
      </th>
      <td>
        <DatasetBadge status={status} verdict={verdict} />
        {isOpen && (
          <progress
            max={100}
            value={progress}
            aria-label={`Progress of ${source.repo_id}`}
            className="datasets-progress"
          />
        )}
      </td>
      <td className="number" data-label="Episodes">
        <Figure metadata={metadata} value={metadata?.episode_count} as={formatCount} />
      </td>
      <td className="number" data-label="Frames">
        <Figure metadata={metadata} value={metadata?.frame_count} as={formatCount} />
      </td>
      <td className="number" data-label="Duration">
        <Figure metadata={metadata} value={metadata?.duration_s} as={formatDuration} />
      </td>
      <td className="datasets-date">
        <Ago at={dataset.created_at} />
      </td>
      <td className="datasets-actions">
        <DeleteDataset dataset={dataset} isCompact />
      </td>
    </tr>
  )
}

/** Not read yet is a dash; read and still not known is said in words. */
function Figure({
  metadata,
  value,
  as,
}: {
  metadata: DatasetInfo["dataset_metadata"]
  value: number | null | undefined
  as: (value: number) => string
}) {
  if (metadata === null) {
    return (
      <span className="soft">
        <span aria-hidden="true">–</span>
        <span className="visually-hidden">not read</span>
      </span>
    )
  }
  return <Known value={value} as={as} />
}
