import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { JobInfo } from "@robokit/core/job/schema"
import { Link } from "@tanstack/react-router"
import { useSyncExternalStore } from "react"
import { operatorKey, subscribe } from "../api/operator-key.ts"
import { addressOf } from "./dataset-link.tsx"
import "./verdict.css"

const FORMS = [
  ["json", "JSON"],
  ["md", "Markdown"],
  ["sarif", "SARIF"],
  ["junit.xml", "JUnit"],
] as const

/** The same findings in the forms that tools want, each at an address that stays. */
export const Reports = ({ dataset, job }: { dataset: DatasetInfo; job: JobInfo }) => (
  <p className="row small reports">
    <span className="soft">Reports</span>
    <Forms dataset={dataset} job={job} />
    <Link to="/$owner/$ref/jobs/$jobId" params={{ ...addressOf(dataset.source), jobId: String(job.id) }}>
      Files and cost of job {job.id}
    </Link>
  </p>
)

/** A link cannot send the operator's key, which a private dataset needs: its reports are among the job's files, signed. */
function Forms({ dataset, job }: { dataset: DatasetInfo; job: JobInfo }) {
  const { key } = useSyncExternalStore(subscribe, operatorKey)
  if (key !== null) return <span>are among the files of the job</span>
  return FORMS.map(([name, title]) => (
    <a key={name} href={`/api/v1/datasets/${dataset.id}/jobs/${job.id}/report.${name}`} download>
      {title}
    </a>
  ))
}
