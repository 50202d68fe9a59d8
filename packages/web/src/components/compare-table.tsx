import type { ReactNode } from "react"
import "./compare.css"

interface Props {
  label: string
  heads: string[]
  /** Rows. */
  children: ReactNode
}

/** What is not the same in both, in a frame of its own that scrolls. */
export const CompareTable = ({ label, heads, children }: Props) => (
  <div className="panel scroll-x compare-table" tabIndex={0} role="group" aria-label={label}>
    <table>
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
)
