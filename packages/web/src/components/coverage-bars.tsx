import type { Coverage, Share } from "@robokit/core/check/schema"
import { formatBytes, formatCount } from "../formatting.ts"
import "./verdict.css"

const PARTS: [keyof Coverage, string, (value: number) => string][] = [
  ["episodes", "Episodes read", formatCount],
  ["files", "Files read", formatCount],
  ["rows", "Rows read", formatCount],
  // A file may be fetched in part, and a part of it twice.
  ["bytes", "Fetched", formatBytes],
]

/** How much of the dataset the verdict rests on. What is empty was not read, and nothing is said of it. */
export const CoverageBars = ({ coverage }: { coverage: Coverage }) => (
  <dl className="coverage" aria-label="How much was read">
    {PARTS.map(([part, name, format]) => (
      <div key={part}>
        <dt>{name}</dt>
        <dd>
          <Bar share={coverage[part]} />
          <span className="coverage-words">
            <strong>{format(coverage[part].read)}</strong> of {totalOf(coverage[part], format)}
          </span>
        </dd>
      </div>
    ))}
  </dl>
)

const totalOf = ({ total }: Share, format: (value: number) => string) =>
  total === null ? "an unknown number" : format(total)

/** Without a total there is no share to draw. */
function Bar({ share: { read, total } }: { share: Share }) {
  if (total === null) return <span className="coverage-bar coverage-unknown" aria-hidden="true" />
  const share = total === 0 ? 0 : Math.min(1, read / total)
  return (
    <svg className="coverage-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
      <rect width={read > 0 ? Math.max(1, share * 100) : 0} height="1" />
    </svg>
  )
}
