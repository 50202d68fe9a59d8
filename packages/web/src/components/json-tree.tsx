import { formatCount } from "../formatting.ts"
import "./json-tree.css"

/** Of one list or object; more would make the page slow and nobody reads them here. */
const SHOWN = 100

/** JSON as nested lists that open and close; what is deep starts closed. */
export function JsonTree({ value, depth = 0 }: { value: unknown; depth?: number }) {
  if (typeof value !== "object" || value === null) return <Leaf value={value} />
  const entries = Object.entries(value)
  if (entries.length === 0) return <span className="json-leaf soft">{Array.isArray(value) ? "[ ]" : "{ }"}</span>
  return (
    <ul className="json">
      {entries.slice(0, SHOWN).map(([key, each]) => (
        <li key={key}>
          <Entry name={key} value={each} depth={depth} />
        </li>
      ))}
      {entries.length > SHOWN && <li className="soft">and {formatCount(entries.length - SHOWN)} more</li>}
    </ul>
  )
}

function Entry({ name, value, depth }: { name: string; value: unknown; depth: number }) {
  const isNested = typeof value === "object" && value !== null && Object.keys(value).length > 0
  if (!isNested) {
    return (
      <>
        <span className="json-key">{name}</span> <JsonTree value={value} />
      </>
    )
  }
  return (
    <details open={depth === 0 && Object.keys(value).length <= 12}>
      <summary>
        <span className="json-key">{name}</span> <span className="soft small">{glimpse(value)}</span>
      </summary>
      <JsonTree value={value} depth={depth + 1} />
    </details>
  )
}

const Leaf = ({ value }: { value: unknown }) => (
  <span className={`json-leaf json-${value === null ? "null" : typeof value}`}>
    {typeof value === "string" ? value : JSON.stringify(value)}
  </span>
)

const GLIMPSED = 4

/** What is inside, for whoever decides whether to open it: how many, or the first keys. */
function glimpse(value: object): string {
  if (Array.isArray(value)) return `[ ${formatCount(value.length)} ]`
  const keys = Object.keys(value)
  return `{ ${keys.slice(0, GLIMPSED).join(", ")}${keys.length > GLIMPSED ? ", …" : ""} }`
}
