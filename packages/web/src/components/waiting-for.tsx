import type { Waiting } from "@robokit/core/job/schema"
import { formatOrdinal } from "../formatting.ts"
import "./job-list.css"

/** Why a job is not running yet: its place in the line where it has one, and the server's own words. */
export const WaitingFor = ({ waiting }: { waiting: Waiting }) => (
  <p className="small job-aside">
    <strong>{placeOf(waiting)}</strong> <span className="soft">{waiting.detail}</span>
  </p>
)

const REASONS: Record<Waiting["reason"], string> = {
  queue: "In line",
  room: "Waiting for room",
  retry: "Waiting to try again",
  halted: "Paused",
}

export function placeOf({ reason, position }: Waiting): string {
  if (position === null) return REASONS[reason]
  return position <= 1 ? "Next in line" : `${formatOrdinal(position)} in line`
}
