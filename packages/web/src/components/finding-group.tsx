import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useId, useState } from "react"
import type { Check } from "../api/checks.ts"
import type { FindingGroup } from "../finding-groups.ts"
import { formatCount, plural } from "../formatting.ts"
import { Advice } from "./advice.tsx"
import { FindingItem } from "./finding-item.tsx"
import { SeverityMark } from "./severity-mark.tsx"
import "./finding-group.css"

/** Findings that one press shows. */
const PAGE = 20

interface Props {
  group: FindingGroup
  /** What the rule says of itself, once that is known. */
  check: Check | undefined
  dataset: DatasetInfo
  format: string | undefined
  isOpenByItself: boolean
  /** The finding to begin at: its group is open, whatever its place. */
  begin: number | undefined
}

/** What one rule found: why it matters and what to do are said once, then each place. */
export function FindingGroupView({ group, check, dataset, format, isOpenByItself, begin }: Props) {
  const { code, severity, found, occurrences } = group
  const place = found.findIndex(({ at }) => at === begin)
  // Until somebody decides: as its place in the list asks, which changes when the list is narrowed.
  const [choice, setChoice] = useState<boolean | null>(null)
  const isOpen = choice ?? (isOpenByItself || place >= 0)
  const [pages, setPages] = useState(Math.max(1, Math.ceil((place + 1) / PAGE)))
  const bodyId = useId()
  const shown = found.slice(0, pages * PAGE)
  const left = found.length - shown.length
  const advice = commonAdvice(group)

  return (
    <section className="panel group">
      <h3>
        <button type="button" aria-expanded={isOpen} aria-controls={bodyId} onClick={() => setChoice(!isOpen)}>
          <SeverityMark severity={severity} />
          <span className="group-title">
            <span className="visually-hidden">{severity}: </span>
            {check ? (
              <>
                <span className="soft">Expected:</span> {check.title}
              </>
            ) : (
              code
            )}
          </span>
          <span className="group-facts">
            {check && <code>{code}</code>}
            <span>
              {plural(found.length, "finding")}
              {occurrences > found.length && `, ${plural(occurrences, "occurrence")}`}
            </span>
          </span>
        </button>
      </h3>
      {isOpen && (
        <div id={bodyId}>
          {check && <p className="group-why">{check.why}</p>}
          {advice && <Advice {...advice} />}
          <ul className="group-found">
            {shown.map(({ at, finding }) => (
              <FindingItem
                key={at}
                at={at}
                finding={finding}
                dataset={dataset}
                format={format}
                isSevereAs={finding.severity === severity}
                advises={advice === null}
                isBegin={at === begin}
              />
            ))}
          </ul>
          {left > 0 && (
            <button type="button" className="button button-small group-more" onClick={() => setPages(pages + 1)}>
              Show {formatCount(Math.min(PAGE, left))} more of {formatCount(left)}
            </button>
          )}
        </div>
      )}
    </section>
  )
}

/** What to do, when it is the same for all; null when each finding says its own. */
function commonAdvice({ found }: FindingGroup) {
  const { fix, reference } = found[0]!.finding
  return found.every(({ finding }) => finding.fix === fix && finding.reference === reference)
    ? { fix, reference }
    : null
}
