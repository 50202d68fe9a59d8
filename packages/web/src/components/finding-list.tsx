import type { Finding } from "@robokit/core/check/schema"
import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useQuery } from "@tanstack/react-query"
import { useDeferredValue, useMemo } from "react"
import { checksQuery } from "../api/checks.ts"
import { filterFindings, groupByRule, isCut } from "../finding-groups.ts"
import { formatCount, plural } from "../formatting.ts"
import type { ValidationSearch } from "../validation-search.ts"
import { FindingFilters } from "./finding-filters.tsx"
import { FindingGroupView } from "./finding-group.tsx"
import { SectionHead } from "./section-head.tsx"
import "./findings.css"

/** So many findings are open by themselves; the groups after them are opened by hand, so that a page of thousands stays quick. */
const OPEN_BY_THEMSELVES = 30

interface Props {
  /** Worst first. */
  findings: Finding[]
  dataset: DatasetInfo
  search: ValidationSearch
}

/** What was found, by rule, the worst rule first. */
export function FindingList({ findings, dataset, search }: Props) {
  const { severity, kind, episode, q } = search
  const sought = useDeferredValue(q)
  const placed = useMemo(
    () => filterFindings(findings, { severity, kind, episode, q: sought }),
    [findings, severity, kind, episode, sought],
  )
  const groups = useMemo(() => groupByRule(placed), [placed])
  const { data: checks } = useQuery(checksQuery)
  const ends = groups.map((_, index) => groups.slice(0, index + 1).reduce((sum, { found }) => sum + found.length, 0))

  return (
    <section aria-labelledby="findings-title">
      <SectionHead id="findings-title" title="Findings" count={formatCount(findings.length)} />
      {findings.length === 0 && <p className="soft">None of the rules that ran found anything.</p>}
      {findings.length > 0 && <FindingFilters findings={findings} search={search} />}
      <p className="small soft findings-said" role="status">
        {findings.length > 0 &&
          `${placed.length === findings.length ? "" : `${formatCount(placed.length)} of `}${plural(findings.length, "finding")} of ${plural(groups.length, "rule")}`}
        {episode !== undefined &&
          findings.some(isCut) &&
          ". A finding in more than a thousand episodes names only the first."}
      </p>
      {groups.map((group, index) => (
        <FindingGroupView
          key={group.code}
          group={group}
          check={checks?.find(({ code, format }) => code === group.code && format === dataset.format_type)}
          dataset={dataset}
          format={search.format}
          isOpenByItself={index === 0 || ends[index]! <= OPEN_BY_THEMSELVES}
          begin={search.finding}
        />
      ))}
    </section>
  )
}
