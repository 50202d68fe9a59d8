import type { JobListItem } from "@robokit/core/job/schema"

/** Beside a verdict: that it is of some episodes only. */
export const ValidationScope = ({ job: { params } }: { job: Pick<JobListItem, "params"> }) =>
  typeof params["episodes"] === "string" && <span className="chip chip-warn">only episodes {params["episodes"]}</span>
