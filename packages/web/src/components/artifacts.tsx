import type { Artifact } from "@robokit/core/job/schema"
import { useQuery } from "@tanstack/react-query"
import { artifactsQuery } from "../api/jobs.ts"
import { formatBytes } from "../formatting.ts"
import { ErrorNote } from "./error-note.tsx"
import "./job-list.css"

/** The files a job left, each with what to check it by. */
export function Artifacts({ datasetId, jobId }: { datasetId: number; jobId: number }) {
  const { data, error, refetch } = useQuery(artifactsQuery(datasetId, jobId))
  if (error)
    return <ErrorNote error={error} title="The job’s files could not be listed" onRetry={() => void refetch()} />
  if (!data || data.length === 0) return null
  return (
    <section aria-labelledby="artifacts-title">
      <h2 id="artifacts-title">Files</h2>
      <ul className="panel jobs">
        {data.map((artifact) => (
          <li key={artifact.name}>
            <div className="jobs-line">
              <Download artifact={artifact} />
              <span className="small soft">
                {artifact.media_type}, {formatBytes(artifact.bytes)}
              </span>
            </div>
            <p className="jobs-facts">
              <span>
                SHA-256 <code>{artifact.sha256}</code>
              </span>
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** A link only to what a browser may fetch: a `javascript:` address would run here. */
function Download({ artifact: { name, url } }: { artifact: Artifact }) {
  const isWeb = URL.canParse(url, location.href) && /^https?:$/.test(new URL(url, location.href).protocol)
  if (!isWeb) return <span>{name}</span>
  return (
    <a href={url} rel="noopener noreferrer" target="_blank">
      {name}
    </a>
  )
}
