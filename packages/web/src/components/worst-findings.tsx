import { Link } from "@tanstack/react-router"
import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { ValidationSummary } from "../validation-jobs.ts"
import { addressOf } from "./dataset-link.tsx"
import { FindingPlace } from "./finding-place.tsx"
import { SeverityMark } from "./severity-mark.tsx"
import "./findings.css"

interface Props {
  worst: ValidationSummary["worst"]
  dataset: DatasetInfo
  format: string | undefined
}

/** The first findings of the newest validation, each leading to what it says in full and to where it is. */
export const WorstFindings = ({ worst, dataset, format }: Props) => (
  <ol className="worst" aria-label="Worst findings">
    {worst.map(({ code, severity, message, where }, at) => (
      <li key={at}>
        <SeverityMark severity={severity} />
        <div>
          <p>
            <span className="visually-hidden">{severity}: </span>
            <Link
              to="/$owner/$ref/validation"
              params={addressOf(dataset.source)}
              search={{ ...(format !== undefined && { format }), finding: at }}
              className="worst-message"
            >
              {message}
            </Link>
          </p>
          <FindingPlace where={where} dataset={dataset} format={format}>
            <code>{code}</code>
          </FindingPlace>
        </div>
      </li>
    ))}
  </ol>
)
