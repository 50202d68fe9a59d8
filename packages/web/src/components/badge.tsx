import type { ReactNode } from "react"
import "./badge.css"

/** The word says it; colour and shape only repeat it. */
export const Badge = ({ tone, children }: { tone: "waiting" | "busy" | "good" | "bad"; children: ReactNode }) => (
  <span className={`badge badge-${tone}`}>
    <span className="badge-dot" aria-hidden="true" />
    {children}
  </span>
)
