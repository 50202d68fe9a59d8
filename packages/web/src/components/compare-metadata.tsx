import type { Comparison } from "../api/compare.ts"
import { fieldChanges } from "../compare-fields.ts"
import { formatCount, formatDecimal, UNKNOWN } from "../formatting.ts"
import { CompareTable } from "./compare-table.tsx"
import { JsonTree } from "./json-tree.tsx"
import { SectionHead } from "./section-head.tsx"

/** A dataset may have thousands of sensors. */
const SHOWN = 200

/** Fields of the metadata that differ; what is the same is not listed. */
export function CompareMetadata({ fields }: { fields: Comparison["metadata"] }) {
  const changes = fields === null ? null : fieldChanges(fields)
  return (
    <section aria-labelledby="compare-metadata-title">
      <SectionHead id="compare-metadata-title" title="Metadata" />
      {changes === null && (
        <p className="soft">The metadata of one of the two could not be read, so it is not compared.</p>
      )}
      {changes?.length === 0 && <p className="soft">The same in both.</p>}
      {changes && changes.length > 0 && (
        <CompareTable label="Metadata that differs" heads={["Field", "From", "To"]}>
          {changes.slice(0, SHOWN).map(({ name, from, to }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <Value value={from} />
              </td>
              <td>
                <Value value={to} />
              </td>
            </tr>
          ))}
        </CompareTable>
      )}
      {changes && changes.length > SHOWN && (
        <p className="small soft">and {formatCount(changes.length - SHOWN)} more</p>
      )}
    </section>
  )
}

function Value({ value }: { value: unknown }) {
  if (value === undefined) return <span className="soft">none</span>
  if (value === null) return <span className="soft">{UNKNOWN}</span>
  if (typeof value === "number") return formatDecimal(value)
  if (Array.isArray(value) && value.every((each) => typeof each !== "object"))
    return value.join(", ") || <span className="soft">none</span>
  return typeof value === "object" ? <JsonTree value={value} depth={1} /> : String(value)
}
