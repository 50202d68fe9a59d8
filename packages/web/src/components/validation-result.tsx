import type { Severity, Validation } from "@robokit/core/check/schema"
import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { JobInfo } from "@robokit/core/job/schema"
import type { JobSchema } from "../api/jobs.ts"
import { countWords } from "../finding-words.ts"
import { formatBytes, plural } from "../formatting.ts"
import { verdictOf } from "../validation-jobs.ts"
import type { ValidationSearch } from "../validation-search.ts"
import { Ago } from "./ago.tsx"
import { CoverageBars } from "./coverage-bars.tsx"
import { DeeperValidation } from "./deeper-validation.tsx"
import { FindingList } from "./finding-list.tsx"
import { JobNotices } from "./job-notices.tsx"
import { JobProgress } from "./job-progress.tsx"
import { NotLookedAt } from "./not-looked-at.tsx"
import { Reports } from "./reports.tsx"
import { ValidationScope } from "./validation-scope.tsx"
import { VerdictHead } from "./verdict-head.tsx"

const FAILING: Record<Severity, string> = {
  error: "Only errors fail it.",
  warning: "Errors and warnings fail it.",
  info: "Any finding fails it.",
}

interface Props {
  dataset: DatasetInfo
  job: JobInfo
  search: ValidationSearch
  schema: JobSchema | undefined
}

/** One validation: the verdict and what it rests on, what was found, and what was not looked at. */
export function ValidationResult({ dataset, job, search, schema }: Props) {
  if (job.job_type !== "validation" || !job.result) {
    return (
      <section className="panel">
        {job.job_type === "validation" ? <JobProgress job={job} /> : <p>Job {job.id} is not a validation.</p>}
      </section>
    )
  }
  // The result is what the server's own schema of it let through.
  const validation = job.result as Validation
  const { verdict, reason, depth, counts, coverage, read } = validation
  return (
    <>
      <JobNotices dataset={dataset} job={job} />
      <section className="panel verdict" aria-labelledby="verdict-title">
        <VerdictHead tone={verdictOf(verdict, job)} titleId="verdict-title" reason={reason}>
          <span className="chip">{depth} depth</span>
          <ValidationScope job={job} />
        </VerdictHead>
        <div className="verdict-body">
          <CoverageBars coverage={coverage} />
          <p className="small soft verdict-facts">
            {plural(validation.rules_run, "rule")} ran and gave {countWords(counts)}, on {formatBytes(read.bytes)} out
            of {plural(read.files, "file")} in {plural(read.requests, "request")}. {FAILING[validation.fail_on]}{" "}
            Validated <Ago at={job.completed_at} />.
          </p>
        </div>
        <Reports dataset={dataset} job={job} />
      </section>
      <DeeperValidation dataset={dataset} job={job} depth={depth} schema={schema} />
      <FindingList findings={validation.findings} dataset={dataset} search={search} />
      <NotLookedAt validation={validation} />
    </>
  )
}
