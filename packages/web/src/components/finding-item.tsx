import type { Finding } from "@robokit/core/check/schema"
import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useEffect, useRef } from "react"
import { formatCount } from "../formatting.ts"
import { Advice } from "./advice.tsx"
import { EvidenceTable } from "./evidence-table.tsx"
import { EpisodesNamed } from "./episodes-named.tsx"
import { FindingPlace } from "./finding-place.tsx"
import { SeverityMark } from "./severity-mark.tsx"
import "./findings.css"

interface Props {
  at: number
  finding: Finding
  dataset: DatasetInfo
  format: string | undefined
  /** Its severity is its group's, which says it already. */
  isSevereAs: boolean
  /** Says itself what to do: others of its rule say something else. */
  advises: boolean
  /** The one the address names. */
  isBegin: boolean
}

export function FindingItem({ at, finding, dataset, format, isSevereAs, advises, isBegin }: Props) {
  const { severity, message, where, evidence, places, occurrences, fix, reference } = finding
  const item = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (!isBegin) return
    item.current?.focus({ preventScroll: true })
    item.current?.scrollIntoView({ block: "center" })
  }, [isBegin])
  return (
    <li
      ref={item}
      id={`finding-${at}`}
      tabIndex={isBegin ? -1 : undefined}
      className={isBegin ? "found-begin" : undefined}
    >
      <p className="found-message">
        {!isSevereAs && (
          <>
            <SeverityMark severity={severity} /> <span className="small">{severity}</span>{" "}
          </>
        )}
        {message}
      </p>
      <FindingPlace where={where} dataset={dataset} format={format} />
      {where.episodes && <EpisodesNamed episodes={where.episodes} dataset={dataset} format={format} />}
      <EvidenceTable evidence={evidence} />
      {advises && <Advice fix={fix} reference={reference} />}
      {places && places.length > 1 && (
        <details className="found-places">
          <summary>
            {places.length < occurrences
              ? `The first ${places.length} of ${formatCount(occurrences)} places`
              : `All ${places.length} places`}
          </summary>
          <ol>
            {places.map((place, index) => (
              <li key={index}>
                <FindingPlace where={place} dataset={dataset} format={format} />
              </li>
            ))}
          </ol>
        </details>
      )}
    </li>
  )
}
