import type { Depth } from "@robokit/core/check/schema"
import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { JobInfo } from "@robokit/core/job/schema"
import { useId, useMemo, useState } from "react"
import type { JobSchema } from "../api/jobs.ts"
import { DEPTH_NAMES, DEPTHS_SHOWN } from "../finding-words.ts"
import { ErrorNote } from "./error-note.tsx"
import { EstimatedCost, useEstimate } from "./estimated-cost.tsx"
import { useStartHere } from "./use-start-here.ts"
import "./verdict.css"

interface Props {
  dataset: DatasetInfo
  job: JobInfo
  depth: Depth
  schema: JobSchema | undefined
}

/** Offers to read more than was read: what each depth adds, and what that will take. */
export function DeeperValidation({ dataset, job, depth, schema }: Props) {
  const [isOpen, setIsOpen] = useState(false)
  const deeper = depthsOf(schema).filter((each) => DEPTH_NAMES.indexOf(each) > DEPTH_NAMES.indexOf(depth))
  if (deeper.length === 0) return null
  return (
    <section className="deeper" aria-label="Validate deeper">
      <button type="button" className="button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        Validate deeper
      </button>
      <span className="small soft">
        This one read {depth} depth: {aboutOf(depth)}.
      </span>
      {isOpen && <Choice dataset={dataset} job={job} deeper={deeper} onStarted={() => setIsOpen(false)} />}
    </section>
  )
}

interface ChoiceProps {
  dataset: DatasetInfo
  job: JobInfo
  deeper: Depth[]
  onStarted: () => void
}

function Choice({ dataset, job: { params: before }, deeper, onStarted }: ChoiceProps) {
  const [depth, setDepth] = useState(deeper[0]!)
  const refusalId = useId()
  // As it was judged before, but of all episodes.
  const params = useMemo(() => {
    const { episodes: _episodes, ...rest } = before
    return { ...rest, depth }
  }, [before, depth])
  const estimate = useEstimate(dataset.id, "validation", params)
  const start = useStartHere(dataset, "validation")
  const isRefused = estimate.data?.fits === false
  return (
    <div className="panel deeper-choice">
      <fieldset>
        <legend className="visually-hidden">Depth</legend>
        {deeper.map((each) => (
          <label key={each} className="check">
            <input type="radio" name="depth" checked={each === depth} onChange={() => setDepth(each)} />
            <span>
              <strong>{each}</strong> <span className="soft">{aboutOf(each)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <EstimatedCost estimate={estimate} refusalId={refusalId} />
      <button
        type="button"
        className="button button-main"
        disabled={start.isPending || isRefused}
        aria-describedby={isRefused ? refusalId : undefined}
        onClick={() => start.mutate(params, { onSuccess: onStarted })}
      >
        {start.isPending ? "Starting…" : `Validate at ${depth} depth`}
      </button>
      {start.error && <ErrorNote error={start.error} title="The validation was not started" />}
    </div>
  )
}

const aboutOf = (depth: Depth) => DEPTHS_SHOWN.find(([name]) => name === depth)![1]

/** Those the server takes, in its own words for them. */
function depthsOf(schema: JobSchema | undefined): Depth[] {
  const { depth } = (schema?.properties ?? {}) as { depth?: { enum?: unknown } }
  const offered = Array.isArray(depth?.enum) ? depth.enum : []
  return DEPTH_NAMES.filter((name) => offered.includes(name))
}
