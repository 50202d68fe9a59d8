import type { Comparison } from "../api/compare.ts"
import { formatDecimal, spelled } from "../formatting.ts"
import { CompareTable } from "./compare-table.tsx"
import { JsonTree } from "./json-tree.tsx"
import { SectionHead } from "./section-head.tsx"

/** Fields of the metadata that differ; what is the same is not listed. */
export const CompareMetadata = ({ fields }: { fields: Comparison["metadata"] }) => (
  <section aria-labelledby="compare-metadata-title">
    <SectionHead id="compare-metadata-title" title="Metadata" />
    {fields === null && (
      <p className="soft">The metadata of one of the two could not be read, so it is not compared.</p>
    )}
    {fields?.length === 0 && <p className="soft">The same in both.</p>}
    {fields && fields.length > 0 && (
      <CompareTable label="Metadata that differs" heads={["Field", "From", "To"]}>
        {fields.map(({ field, from, to }) => (
          <tr key={field}>
            <th scope="row">{NAMES[field] ?? spelled(field)}</th>
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
  </section>
)

const NAMES: Record<string, string> = { "files.count": "Files", "files.bytes": "Bytes" }

function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <span className="soft">unknown</span>
  if (typeof value === "number") return formatDecimal(value)
  return typeof value === "object" ? <JsonTree value={value} depth={1} /> : String(value)
}
