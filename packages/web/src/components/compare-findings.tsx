import type { Finding } from "@robokit/core/check/schema"
import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { JobListItem } from "@robokit/core/job/schema"
import { useQuery } from "@tanstack/react-query"
import { statusQuery } from "../api/datasets.ts"
import type { Comparison } from "../api/compare.ts"
import { formatCount, plural } from "../formatting.ts"
import { summaryOf, validationJobs } from "../validation-jobs.ts"
import { FindingPlace } from "./finding-place.tsx"
import { SectionHead } from "./section-head.tsx"
import { SeverityMark } from "./severity-mark.tsx"
import "./findings.css"
import "./compare.css"

/** More of one kind are on the pages of the two validations. */
const SHOWN = 50

interface Props {
  /** Null while one of the two has not been validated. */
  findings: NonNullable<Comparison["findings"]> | null
  from: DatasetInfo
  to: DatasetInfo
}

/** What became of the findings. */
export function CompareFindings({ findings, from, to }: Props) {
  const [first, second] = [useValidated(from.id), useValidated(to.id)]
  const depths = [depthOf(first), depthOf(second)]
  const isUneven = depths[0] !== null && depths[1] !== null && depths[0] !== depths[1]
  const stopped = [first?.partial && "first", second?.partial && "second"].filter(Boolean)
  return (
    <section aria-labelledby="compare-findings-title">
      <SectionHead
        id="compare-findings-title"
        title="Findings"
        {...(findings && {
          count: `${formatCount(findings.new.length)} new, ${formatCount(findings.gone.length)} gone, ${formatCount(findings.same.length)} the same`,
        })}
      />
      {!findings && (
        <p className="soft">
          They are compared once both were validated{depths.includes(null) ? "" : ", and are not yet"}.
        </p>
      )}
      {findings && isUneven && (
        <p className="note note-warn">
          The first was read at {depths[0]} depth, the second at {depths[1]} depth: what only one of them looked for is
          not compared.
        </p>
      )}
      {findings && stopped.length > 0 && (
        <p className="note note-warn">
          The validation of the {stopped.join(" and of the ")} was stopped before it had read all it should: what is new
          or gone may only not have been read.
        </p>
      )}
      {findings && <Found change="new" found={findings.new} dataset={to} />}
      {findings && <Found change="gone" found={findings.gone} dataset={from} />}
      {findings && findings.same.length > 0 && (
        <details>
          <summary>{plural(findings.same.length, "finding")} of both</summary>
          <Found found={findings.same} dataset={to} />
        </details>
      )}
    </section>
  )
}

/** The newest validation; undefined without one. */
function useValidated(id: number) {
  const { data: status } = useQuery(statusQuery(id))
  return validationJobs(status?.jobs ?? []).done
}

const depthOf = (job: JobListItem | undefined) => (job && summaryOf(job)?.depth) ?? null

function Found({ change, found, dataset }: { change?: "new" | "gone"; found: Finding[]; dataset: DatasetInfo }) {
  if (found.length === 0) return null
  return (
    <>
      <ul className="panel changes">
        {found.slice(0, SHOWN).map(({ code, severity, message, where }, index) => (
          <li key={index}>
            <SeverityMark severity={severity} />
            <div>
              <p>
                <span className="visually-hidden">{severity}: </span>
                {message}
              </p>
              <FindingPlace where={where} dataset={dataset} format={undefined}>
                {change && <span className="chip">{change}</span>}
                <code>{code}</code>
              </FindingPlace>
            </div>
          </li>
        ))}
      </ul>
      {found.length > SHOWN && <p className="small soft">and {formatCount(found.length - SHOWN)} more</p>}
    </>
  )
}
