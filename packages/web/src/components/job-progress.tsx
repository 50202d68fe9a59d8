import type { JobListItem } from "@robokit/core/job/schema"
import { isOpen } from "../api/polling.ts"
import { Heartbeat } from "./heartbeat.tsx"
import { JobProblem } from "./job-problem.tsx"
import { StatusBadge } from "./status-badge.tsx"
import { WaitingFor } from "./waiting-for.tsx"

/** How far a job is and what it does; when it failed, why. */
export const JobProgress = ({ job }: { job: JobListItem }) => (
  <div className="stack">
    <div>
      <div className="row between small">
        <StatusBadge status={job.status} detail={job.state_detail} />
        <span className="soft" aria-live="polite">
          {[job.message, isOpen(job) && `${job.progress} %`].filter(Boolean).join(" · ")}
        </span>
      </div>
      {isOpen(job) && (
        <progress max={100} value={job.progress} aria-label="Progress of the job" className="job-progress" />
      )}
      {job.waiting && <WaitingFor waiting={job.waiting} />}
      {job.status === "running" && job.heartbeat_at !== null && <Heartbeat at={job.heartbeat_at} />}
    </div>
    {job.error && <JobProblem job={job} />}
  </div>
)
