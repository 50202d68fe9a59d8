import type { Verdict } from "@robokit/core/check/schema"
import type { ReactNode } from "react"
import { VERDICT_WORDS } from "../finding-words.ts"
import "./verdict.css"

/** What the sign shows: a verdict, or that one is being reached. */
type VerdictTone = Verdict | "running"

const SIGNS: Record<VerdictTone, { shape: ReactNode; mark: string }> = {
  pass: { shape: <circle cx="16" cy="16" r="14" />, mark: "m10 16.5 4.2 4.2L22.5 12" },
  fail: { shape: <path d="M10.2 2h11.6L30 10.2v11.6L21.8 30H10.2L2 21.8V10.2z" />, mark: "m11 11 10 10M21 11 11 21" },
  not_assessed: { shape: <circle cx="16" cy="16" r="13" strokeDasharray="4.2 3.3" />, mark: "M11 16h10" },
  running: { shape: <circle cx="16" cy="16" r="13" />, mark: "M16 9.5V16l4 3" },
}

interface Props {
  tone: VerdictTone
  /** In place of the verdict's own word. */
  word?: string
  titleId: string
  /** One sentence: why. */
  reason: ReactNode
  /** Beside the verdict: how deep, how new. */
  children?: ReactNode
}

/** The answer, before anything else: its word, its shape, its colour, and why. */
export function VerdictHead({ tone, word, titleId, reason, children }: Props) {
  const { shape, mark } = SIGNS[tone]
  return (
    <div className={`verdict-head verdict-${tone}`}>
      <svg viewBox="0 0 32 32" className="verdict-sign" aria-hidden="true" focusable="false">
        {shape}
        <path className="verdict-mark" d={mark} />
      </svg>
      <div>
        <div className="row verdict-line">
          <h2 id={titleId} className="verdict-word">
            {word ?? (tone === "running" ? "Validating…" : VERDICT_WORDS[tone])}
          </h2>
          {children}
        </div>
        <div className="verdict-reason">{reason}</div>
      </div>
    </div>
  )
}
