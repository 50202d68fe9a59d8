import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useState } from "react"
import { formatCount } from "../formatting.ts"
import { EpisodeLink } from "./finding-place.tsx"
import "./findings.css"

const SHOWN = 12

interface Props {
  /** Ascending; a finding names a thousand at most. */
  episodes: number[]
  dataset: DatasetInfo
  format: string | undefined
}

/** Every episode that something was found in, the first few at once. */
export function EpisodesNamed({ episodes, dataset, format }: Props) {
  const [isWhole, setIsWhole] = useState(false)
  const shown = isWhole ? episodes : episodes.slice(0, SHOWN)
  return (
    <p className="place episodes-named">
      <span className="soft">In {formatCount(episodes.length)} episodes:</span>
      {shown.map((episode) => (
        <EpisodeLink key={episode} dataset={dataset} format={format} episode={episode}>
          {formatCount(episode)}
        </EpisodeLink>
      ))}
      {shown.length < episodes.length && (
        <button type="button" className="button button-quiet button-small" onClick={() => setIsWhole(true)}>
          and {formatCount(episodes.length - shown.length)} more
        </button>
      )}
    </p>
  )
}
