import type { Where } from "@robokit/core/check/schema"
import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { hubQuery } from "../api/hub.ts"
import { hubAddress } from "../dataset-address.ts"
import { formatCount } from "../formatting.ts"
import { addressOf } from "./dataset-link.tsx"
import "./findings.css"

interface Props {
  where: Where
  dataset: DatasetInfo
  format: string | undefined
  /** Before the place. */
  children?: ReactNode
}

/** Where something is: its episode and frame lead to that moment, its file to the folder it lies in. */
export function FindingPlace({ where: { path, episode, frame, feature }, dataset, format, children }: Props) {
  return (
    <p className="place">
      {children}
      {episode !== undefined && <EpisodeLink dataset={dataset} format={format} episode={episode} frame={frame} />}
      {episode === undefined && frame !== undefined && <span>frame {formatCount(frame)}</span>}
      {feature !== undefined && <code>{feature}</code>}
      {path !== undefined && <FileLink path={path} dataset={dataset} />}
    </p>
  )
}

interface EpisodeLinkProps extends Omit<Props, "where" | "children"> {
  episode: number
  frame?: number | undefined
  children?: ReactNode
}

export const EpisodeLink = ({ dataset, format, episode, frame, children }: EpisodeLinkProps) => (
  <Link
    to="/$owner/$ref/episodes/$episode"
    params={{ ...addressOf(dataset.source), episode: String(episode) }}
    search={{ ...(format !== undefined && { format }), ...(frame !== undefined && { frame }) }}
    // A list has hundreds of these, and each would ask for an episode when the pointer passes.
    preload={false}
  >
    {children ?? `episode ${formatCount(episode)}${frame === undefined ? "" : `, frame ${formatCount(frame)}`}`}
  </Link>
)

/** To the folder, not the file: what was found may be that the file is missing. */
function FileLink({ path, dataset: { source } }: { path: string; dataset: DatasetInfo }) {
  const { data: hub } = useQuery(hubQuery)
  if (!hub) return <code>{path}</code>
  const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")))
  return (
    <a
      href={hubAddress(hub.endpoint, source.repo_id, source.revision, hub.is_sample, folder)}
      rel="noopener noreferrer"
      target="_blank"
      title="Its folder on the Hub"
    >
      <code>{path}</code>
    </a>
  )
}
