import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useQuery } from "@tanstack/react-query"
import { lazy, Suspense, useState } from "react"
import { type JobSchema, schemasQuery } from "../api/jobs.ts"
import { spelled } from "../formatting.ts"
import { ErrorNote } from "./error-note.tsx"
import { Loading } from "./loading.tsx"
import "./start-job.css"

// The form's library is twice the size of this page, and most visits start no job.
const JobForm = lazy(async () => ({ default: (await import("./job-form.tsx")).JobForm }))

/** The jobs there are for this format, and why others are not; the chosen one with its form. */
export function StartJob({ dataset }: { dataset: DatasetInfo }) {
  const { data: schemas, error, refetch } = useQuery(schemasQuery)
  const [chosen, setChosen] = useState<string | null>(null)
  if (error)
    return <ErrorNote error={error} title="The jobs there are could not be read" onRetry={() => void refetch()} />
  if (!schemas) return null
  const schema = chosen === null ? undefined : schemas[chosen]
  return (
    <section className="start" aria-labelledby="start-title">
      <h3 id="start-title">Start a job</h3>
      <ul className="start-types">
        {Object.entries(schemas).map(([type, each]) => (
          <li key={type}>
            <JobType
              type={type}
              schema={each}
              refusal={refusalOf(each, dataset.format_type)}
              isChosen={type === chosen}
              onChoose={() => setChosen(type === chosen ? null : type)}
            />
          </li>
        ))}
      </ul>
      {chosen !== null && schema && (
        <Suspense fallback={<Loading what="the form" />}>
          <JobForm key={chosen} dataset={dataset} jobType={chosen} schema={schema} onDone={() => setChosen(null)} />
        </Suspense>
      )}
    </section>
  )
}

/** Why the job does not take the format; null when it does. */
function refusalOf(schema: JobSchema, format: string): string | null {
  const support = schema["x-formats"]?.[format]
  if (support === true || support === undefined) return null
  return support
}

interface JobTypeProps {
  type: string
  schema: JobSchema
  refusal: string | null
  isChosen: boolean
  onChoose: () => void
}

const JobType = ({ type, schema, refusal, isChosen, onChoose }: JobTypeProps) => (
  <button type="button" className="start-type" aria-expanded={isChosen} disabled={refusal !== null} onClick={onChoose}>
    <span className="start-name">{schema.title ?? spelled(type)}</span>
    <span className="start-about">{refusal ?? schema.description}</span>
  </button>
)
