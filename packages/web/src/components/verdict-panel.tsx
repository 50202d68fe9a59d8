import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { JobListItem } from "@robokit/core/job/schema"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { statusQuery } from "../api/datasets.ts"
import { schemasQuery } from "../api/jobs.ts"
import { countWords, VERDICT_WORDS } from "../finding-words.ts"
import { formatCount } from "../formatting.ts"
import { summaryOf, validationJobs, verdictOf } from "../validation-jobs.ts"
import { Ago } from "./ago.tsx"
import { CoverageBars } from "./coverage-bars.tsx"
import { addressOf } from "./dataset-link.tsx"
import { JobMarks } from "./job-marks.tsx"
import { NewerValidation } from "./newer-validation.tsx"
import { NoVerdict } from "./no-verdict.tsx"
import { ValidationScope } from "./validation-scope.tsx"
import { VerdictHead } from "./verdict-head.tsx"
import { WorstFindings } from "./worst-findings.tsx"
import "./verdict.css"

const TITLE_ID = "verdict-title"

interface Props {
  dataset: DatasetInfo
  /** Where more than one format was imported of the commit. */
  format: string | undefined
}

/** What a person asks first: is it sound, on how much of it does that rest, and what is worst. */
export function VerdictPanel({ dataset, format }: Props) {
  const { data: status } = useQuery(statusQuery(dataset.id))
  const { data: schemas } = useQuery(schemasQuery)
  if (!status || !schemas) return <section className="panel verdict verdict-pending" aria-label="Verdict" aria-busy />
  const jobs = validationJobs(status.jobs)
  const summary = jobs.done && summaryOf(jobs.done)
  return (
    <section className="panel verdict" aria-labelledby={TITLE_ID}>
      {/* Stays while what is shown changes, so that a screen reader hears when the verdict comes. */}
      <p className="visually-hidden" role="status">
        {summary && jobs.done && `Validation: ${VERDICT_WORDS[verdictOf(summary.verdict, jobs.done)]}`}
      </p>
      {jobs.done ? (
        <>
          <Done job={jobs.done} dataset={dataset} format={format} />
          <NewerValidation jobs={jobs} source={dataset.source} />
        </>
      ) : (
        <NoVerdict jobs={jobs} dataset={dataset} schema={schemas.validation} titleId={TITLE_ID} />
      )}
    </section>
  )
}

function Done({ job, dataset, format }: Props & { job: JobListItem }) {
  const summary = summaryOf(job)
  const all = { params: addressOf(dataset.source), search: format === undefined ? {} : { format } }
  if (!summary) {
    return (
      <VerdictHead tone="not_assessed" titleId={TITLE_ID} word="Validated" reason="The list of jobs does not say how.">
        <Link to="/$owner/$ref/validation" {...all}>
          See the findings
        </Link>
      </VerdictHead>
    )
  }
  const { verdict, reason, depth, counts, coverage, worst } = summary
  // What it fails by is the first of the list below, and is not said twice.
  const why = worst[0]?.message === reason ? `Validation found ${countWords(counts)}.` : reason
  const found = counts.error + counts.warning + counts.info
  return (
    <>
      <VerdictHead
        tone={verdictOf(verdict, job)}
        titleId={TITLE_ID}
        reason={job.partial ? `${job.partial.detail} ${why}` : why}
      >
        <span className="chip">{depth} depth</span>
        <ValidationScope job={job} />
        <JobMarks job={job} />
      </VerdictHead>
      <div className="verdict-body">
        <CoverageBars coverage={coverage} />
        {worst.length > 0 && <WorstFindings worst={worst} dataset={dataset} format={format} />}
      </div>
      <p className="row verdict-foot">
        <Link to="/$owner/$ref/validation" {...all} className="button button-small">
          {found === 0
            ? "What was checked"
            : found === 1
              ? "See the finding"
              : `See all ${formatCount(found)} findings`}
        </Link>
        <span className="small soft">
          {why === reason && `${countWords(counts)} · `}validated <Ago at={job.completed_at} />
        </span>
      </p>
    </>
  )
}
