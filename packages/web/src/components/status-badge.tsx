import type { DatasetState } from "@robokit/core/dataset/schema"
import type { Status } from "@robokit/core/job/schema"
import "./status-badge.css"

const SHOWN = {
  pending: ["waiting", "Waiting"],
  running: ["busy", "Running"],
  processing: ["busy", "Processing"],
  completed: ["good", "Completed"],
  failed: ["bad", "Failed"],
} as const satisfies Record<Status | DatasetState, readonly [string, string]>

/** The word says it; colour and shape only repeat it. `detail` is the finer state, where it says more. */
export function StatusBadge({ status, detail }: { status: Status | DatasetState; detail?: string }) {
  const [tone, word] = SHOWN[status]
  return (
    <span className={`badge badge-${tone}`}>
      <span className="badge-dot" aria-hidden="true" />
      {detail ? (DETAILS[detail] ?? word) : word}
    </span>
  )
}

const DETAILS: Record<string, string> = {
  queued: "Queued",
  retry_wait: "Waiting to retry",
  cancelling: "Cancelling",
  cancelled: "Cancelled",
  dead: "Gave up",
}
