import type { Severity } from "@robokit/core/check/schema"
import "./severity-mark.css"

const SHAPES: Record<Severity, string> = {
  error: "M4.5 1h7L15 4.5v7L11.5 15h-7L1 11.5v-7z",
  warning: "M8 1.5 15.2 14.5H.8z",
  info: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1z",
}

/** How bad a finding is, by its shape as well as by its colour. Decoration: the word stands beside it or in a label. */
export const SeverityMark = ({ severity }: { severity: Severity }) => (
  <svg viewBox="0 0 16 16" className={`severity severity-${severity}`} aria-hidden="true" focusable="false">
    <path d={SHAPES[severity]} />
  </svg>
)
