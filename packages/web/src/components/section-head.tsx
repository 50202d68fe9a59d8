import type { ReactNode } from "react"
import "./section-head.css"

export const SectionHead = ({
  id,
  title,
  count,
  children,
}: {
  id: string
  title: string
  count?: string
  children?: ReactNode
}) => (
  <div className="section-head">
    <h2 id={id}>
      {title} {count !== undefined && <span className="section-count">{count}</span>}
    </h2>
    {children}
  </div>
)
