import type { Evidence } from "@robokit/core/check/schema"
import { spelled } from "../formatting.ts"
import "./findings.css"

/** The numbers that were measured, and what was expected, as exactly as they are known. */
export function EvidenceTable({ evidence }: { evidence: Evidence }) {
  const rows = Object.entries(evidence)
  if (rows.length === 0) return null
  return (
    <table className="evidence">
      <caption className="visually-hidden">Evidence</caption>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{spelled(name)}</th>
            <td>{value === null ? <span className="soft">none</span> : shown(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const exact = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 17 })
const shown = (value: number | string | boolean) => (typeof value === "number" ? exact.format(value) : String(value))
