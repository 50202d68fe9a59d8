import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { Change, Comparison } from "../api/compare.ts"
import { formatCount, plural, UNKNOWN } from "../formatting.ts"
import { Changed, ChangeMark } from "./change-mark.tsx"
import { CompareTable } from "./compare-table.tsx"
import { EpisodeLink } from "./finding-place.tsx"
import { SectionHead } from "./section-head.tsx"
import "./compare.css"

interface Props {
  episodes: Comparison["episodes"]
  from: DatasetInfo
  to: DatasetInfo
}

/** Episodes by their index: those that only one has, and those whose length or tasks differ. */
export function CompareEpisodes({ episodes, from, to }: Props) {
  const { count, frames, added, removed, changed, added_count, removed_count, changed_count } = episodes
  return (
    <section aria-labelledby="compare-episodes-title">
      <SectionHead id="compare-episodes-title" title="Episodes" />
      <p className="soft">
        <Changed {...told(count, (n) => plural(n, "episode"))} />;{" "}
        <Changed {...told(frames, (n) => plural(n, "frame"))} />.
        {added_count + removed_count + changed_count === 0 && " Every episode has the same length and tasks in both."}
      </p>
      <Listed change="added" episodes={added} total={added_count} dataset={to} />
      <Listed change="removed" episodes={removed} total={removed_count} dataset={from} />
      {changed.length > 0 && (
        <>
          <CompareTable label="Episodes that differ" heads={["Episode", "Frames", "Tasks"]}>
            {changed.map(({ episode_index, length, tasks }) => (
              <tr key={episode_index}>
                <th scope="row">
                  <EpisodeLink dataset={to} format={undefined} episode={episode_index}>
                    {formatCount(episode_index)}
                  </EpisodeLink>
                </th>
                <td>
                  <Changed {...told(length, formatCount)} />
                </td>
                <td>
                  <Changed
                    {...told({ from: tasks.from.join("; "), to: tasks.to.join("; ") }, (words) => words || "(none)")}
                  />
                </td>
              </tr>
            ))}
          </CompareTable>
          {changed_count > changed.length && (
            <p className="small soft">and {formatCount(changed_count - changed.length)} more that differ</p>
          )}
        </>
      )}
    </section>
  )
}

interface ListedProps {
  change: "added" | "removed"
  episodes: number[]
  total: number
  /** The one that has them. */
  dataset: DatasetInfo
}

function Listed({ change, episodes, total, dataset }: ListedProps) {
  if (total === 0) return null
  return (
    <p className="compare-listed">
      <ChangeMark change={change} /> {plural(total, "episode")}:{" "}
      {episodes.map((episode) => (
        <EpisodeLink key={episode} dataset={dataset} format={undefined} episode={episode}>
          {formatCount(episode)}
        </EpisodeLink>
      ))}
      {total > episodes.length && <span className="soft">and {formatCount(total - episodes.length)} more</span>}
    </p>
  )
}

/** Both sides of a change in words. */
const told = <T,>({ from, to }: Change<T | null>, as: (value: T) => string) => ({
  from: from === null ? UNKNOWN : as(from),
  to: to === null ? UNKNOWN : as(to),
})
