import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { Link } from "@tanstack/react-router"
import { plural, shortSha } from "../formatting.ts"
import { addressOf } from "./dataset-link.tsx"
import "./dataset-nav.css"

interface Props {
  dataset: DatasetInfo
  /** Where more than one format was imported of the commit. */
  format: string | undefined
}

/** Which dataset a page is about, and the other pages about it. */
export function DatasetNav({ dataset: { source, dataset_metadata: metadata }, format }: Props) {
  const params = addressOf(source)
  const search = format === undefined ? {} : { format }
  const episodes = metadata?.episode_count
  return (
    <nav aria-label="Dataset" className="dataset-nav">
      <Link to="/$owner/$ref" params={params} search={search} activeOptions={{ exact: true, includeSearch: false }}>
        {source.repo_id} <code>{shortSha(source.revision)}</code>
      </Link>
      <Link
        to="/$owner/$ref/episodes"
        params={params}
        search={search}
        activeOptions={{ exact: true, includeSearch: false }}
      >
        {episodes == null ? "Episodes" : plural(episodes, "episode")}
      </Link>
      <Link
        to="/$owner/$ref/validation"
        params={params}
        search={search}
        activeOptions={{ exact: true, includeSearch: false }}
      >
        Validation
      </Link>
      <Link
        to="/$owner/$ref/compare/$"
        params={{ ...params, _splat: "" }}
        search={search}
        activeOptions={{ includeSearch: false }}
      >
        Comparison
      </Link>
    </nav>
  )
}
