import type { ReactNode } from "react"
import { ApiError } from "../api/problem.ts"
import { Ago } from "./ago.tsx"
import { BudgetBar } from "./budget-bar.tsx"
import "./notes.css"

interface Props {
  error: unknown
  /** What did not work, as a short phrase. */
  title: string
  onRetry?: (() => void) | undefined
  children?: ReactNode
}

/** Says beside the thing that failed what failed, what can be done, and lets it be tried again. */
export function ErrorNote({ error, title, onRetry, children }: Props) {
  const known = error instanceof ApiError ? error : undefined
  return (
    <div className="note note-bad" role="alert">
      <p className="note-title">{title}</p>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      {known?.userAction && <p>{known.userAction}</p>}
      {known?.retryAfterMs != null && (
        <p>Asked to wait {Math.max(1, Math.ceil(known.retryAfterMs / 1000))} s before another try.</p>
      )}
      {known?.shortage && (
        <>
          <BudgetBar budget={known.shortage} wanted_usd={known.shortage.wanted_usd} />
          {known.shortage.resets_at !== null && (
            <p className="small">
              It begins anew <Ago at={known.shortage.resets_at} />.
            </p>
          )}
        </>
      )}
      {(onRetry || children) && (
        <div className="row">
          {onRetry && (
            <button type="button" className="button button-small" onClick={onRetry}>
              Try again
            </button>
          )}
          {children}
        </div>
      )}
      {known?.requestId && (
        <p className="note-id">
          Code <code>{known.code}</code>, request <code>{known.requestId}</code>
        </p>
      )}
    </div>
  )
}
