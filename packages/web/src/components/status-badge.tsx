import type { Status } from "@robokit/core/job/schema"
import { Badge } from "./badge.tsx"

const SHOWN = {
  pending: ["waiting", "Waiting"],
  running: ["busy", "Running"],
  completed: ["good", "Completed"],
  failed: ["bad", "Failed"],
} as const satisfies Record<Status, readonly [string, string]>

/** How a job stands. `detail` is the finer state, where it says more. */
export function StatusBadge({ status, detail }: { status: Status; detail: string }) {
  const [tone, word] = SHOWN[status]
  return <Badge tone={tone}>{DETAILS[detail] ?? word}</Badge>
}

const DETAILS: Record<string, string> = {
  queued: "Queued",
  retry_wait: "Waiting to retry",
  cancelling: "Cancelling",
  cancelled: "Cancelled",
  dead: "Gave up",
}
