import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useQuery } from "@tanstack/react-query"
import { type EpisodeFilter, lengthsQuery } from "../api/episodes.ts"
import { formatCount, plural } from "../formatting.ts"

interface Props {
  dataset: DatasetInfo
  filter: EpisodeFilter
  total: number
}

/** How the lengths of the episodes in a list are spread. */
export function EpisodeLengths({ dataset, filter, total }: Props) {
  const { data: lengths } = useQuery(lengthsQuery(dataset.id, filter, total))
  if (!lengths) return null
  const { shortest, median, longest } = lengths
  return (
    <p className="small soft">
      {shortest === longest
        ? `${plural(shortest, "frame")} each`
        : `${formatCount(shortest)} to ${plural(longest, "frame")}, median ${formatCount(median)}`}
    </p>
  )
}
