import type { Validation } from "@robokit/core/check/schema"
import type { ReactNode } from "react"
import { formatCount, plural } from "../formatting.ts"
import "./findings.css"

/** The limits of the answer: rules that did not run and why, what was not to be told, what else there is to know. */
export function NotLookedAt({ validation: { not_run, rules_run, suppressed, notes } }: { validation: Validation }) {
  if (not_run.length + suppressed.length + notes.length === 0) return null
  const byReason = [...Map.groupBy(not_run, ({ reason }) => reason)].toSorted(([, a], [, b]) => b.length - a.length)
  const rules = new Set(not_run.map(({ code }) => code)).size
  return (
    <section aria-labelledby="unseen-title" className="unseen">
      <h2 id="unseen-title">What was not looked at</h2>
      {notes.length > 0 && (
        <ul className="note note-warn">
          {notes.map((note, index) => (
            <li key={index}>{note}</li>
          ))}
        </ul>
      )}
      {not_run.length > 0 && (
        <Part title={`${plural(rules, "rule")} did not run`} aside={`${formatCount(rules_run)} did`}>
          {byReason.map(([reason, rulesOf]) => (
            <li key={reason}>
              <p>{reason}</p>
              <Codes codes={rulesOf.map(({ code }) => code)} />
            </li>
          ))}
        </Part>
      )}
      {suppressed.length > 0 && (
        <Part title={`${plural(suppressed.length, "finding")} not to be told of`} aside="suppressed">
          {suppressed.map((each, index) => (
            <Suppressed key={index} {...each} />
          ))}
        </Part>
      )}
    </section>
  )
}

const Part = ({ title, aside, children }: { title: string; aside: string; children: ReactNode }) => (
  <details className="panel unseen-part">
    <summary>
      {title} <span className="soft">· {aside}</span>
    </summary>
    <ul>{children}</ul>
  </details>
)

const Codes = ({ codes }: { codes: string[] }) => (
  <p className="unseen-codes">
    {codes.map((code, index) => (
      <code key={index}>{code}</code>
    ))}
  </p>
)

/** @param source who asked not to be told, where the result says so. */
const Suppressed = ({ code, occurrences, source }: { code: string; occurrences: number; source?: string }) => (
  <li>
    <p>
      <code>{code}</code>{" "}
      <span className="soft">
        {plural(occurrences, "occurrence")}
        {source !== undefined && `, by ${source}`}
      </span>
    </p>
  </li>
)
