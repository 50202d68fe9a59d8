import type { DatasetMetadata } from "@robokit/core/format/schema"
import { formatCount, formatDecimal, formatDuration, UNKNOWN } from "../formatting.ts"
import "./stat-tiles.css"

/** The five numbers a person asks for first. Nothing, of what has none of them. */
export function DatasetFacts({ metadata }: { metadata: DatasetMetadata }) {
  const facts: [string, string | null][] = [
    ["Episodes", metadata.episode_count === null ? null : formatCount(metadata.episode_count)],
    ["Frames", metadata.frame_count === null ? null : formatCount(metadata.frame_count)],
    ["Duration", metadata.duration_s === null ? null : formatDuration(metadata.duration_s)],
    ["Frames per second", metadata.fps === null ? null : formatDecimal(metadata.fps)],
    ["Robot", metadata.robot_type],
  ]
  if (facts.every(([, value]) => value === null)) return null
  return (
    <dl className="tiles" aria-label="Headline facts">
      {facts.map(([name, value]) => (
        <div key={name} className="tile">
          <dt>{name}</dt>
          <dd>
            <span className={value === null ? "tile-unknown" : name === "Robot" ? "tile-words" : "tile-value"}>
              {value ?? UNKNOWN}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  )
}
