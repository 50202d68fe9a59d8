import type { DatasetStats } from "@robokit/core/dataset/schema"
import { formatBytes, formatCompact, formatCount, plural, UNKNOWN } from "../formatting.ts"
import "./stat-tiles.css"

export function StatTiles({ stats }: { stats: DatasetStats }) {
  const unread = stats.datasets - stats.with_metadata
  const sums = unread === 0 ? "over all datasets" : `over the ${plural(stats.with_metadata, "dataset")} already read`
  const formats = Object.entries(stats.by_format).filter(([, n]) => n > 0)
  return (
    <dl className="tiles" aria-label="Statistics">
      <Tile name="Datasets" value={stats.datasets} about={formats.map(([format, n]) => `${n} ${format}`).join(", ")} />
      <Tile name="Episodes" value={stats.episodes} about={sums} />
      <Tile name="Frames" value={stats.frames} about={sums} />
      <Tile name="On the Hub" value={stats.bytes} as={formatBytes} about="size of these repositories" />
      <Tile
        name="Open jobs"
        value={stats.open_jobs}
        about={stats.open_jobs === 0 ? "nothing is running" : "queued or running"}
      />
    </dl>
  )
}

function Tile({
  name,
  value,
  about,
  as = formatCompact,
}: {
  name: string
  value: number | null
  about: string
  as?: (value: number) => string
}) {
  return (
    <div className="tile">
      <dt>{name}</dt>
      <dd>
        <span
          className={value === null ? "tile-unknown" : "tile-value"}
          title={value === null ? undefined : formatCount(value)}
        >
          {value === null ? UNKNOWN : as(value)}
        </span>
        <span className="tile-about">{about}</span>
      </dd>
    </div>
  )
}
