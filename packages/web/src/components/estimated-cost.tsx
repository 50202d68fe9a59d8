import { useQuery } from "@tanstack/react-query"
import { useEffect, useState } from "react"
import { type EstimatedJob, estimateQuery } from "../api/jobs.ts"
import { ApiError } from "../api/problem.ts"
import { formatBytes, formatPrice, plural } from "../formatting.ts"
import { BudgetBar } from "./budget-bar.tsx"
import "./estimated-cost.css"

const DEBOUNCE_MS = 300

/** What the job would take with these parameters, asked for once they rest. */
export function useEstimate(datasetId: number, jobType: string, params: unknown) {
  const [asked, setAsked] = useState(params)
  useEffect(() => {
    const timer = setTimeout(() => setAsked(params), DEBOUNCE_MS)
    return () => clearTimeout(timer)
  }, [params])
  return useQuery(estimateQuery(datasetId, jobType, asked))
}

interface Props {
  estimate: ReturnType<typeof useEstimate>
  /** Of the sentence that says why the job may not be started. */
  refusalId: string
}

/** What the job will take, and what that is of the budget. */
export function EstimatedCost({ estimate: { data, error, isFetching }, refusalId }: Props) {
  return (
    <div className="estimate" aria-busy={isFetching}>
      <p className="estimate-parts" role="status">
        {error ? reasonOf(error) : data ? <Sentence of={data} /> : "Estimating what it will read…"}
      </p>
      {data?.budget && <BudgetBar budget={data.budget} wanted_usd={data.estimate.price_usd} />}
      {data && !data.fits && (
        <p id={refusalId} className="estimate-refusal">
          {refusalOf(data)}
        </p>
      )}
    </div>
  )
}

/** "Reads about 3.2 MB in 14 requests · about $0.0003 · light" */
function Sentence({ of: { estimate, size_class } }: { of: EstimatedJob }) {
  const how = estimate.is_exact ? "about" : "at least"
  return (
    <>
      Reads {how} <strong>{formatBytes(estimate.bytes)}</strong> in {plural(estimate.requests, "request")} · {how}{" "}
      <strong>{formatPrice(estimate.price_usd)}</strong> · {size_class}
    </>
  )
}

/** The job itself may still be started: what it would take is then simply not known before. */
const reasonOf = (error: Error) =>
  error instanceof ApiError && error.fields.length > 0
    ? "With these settings nothing can be estimated yet."
    : `What it will read could not be estimated. ${error.message}`

const refusalOf = ({ estimate, budget }: EstimatedJob) =>
  budget
    ? `This needs ${formatPrice(estimate.price_usd)}, and ${formatPrice(Math.max(0, budget.left_usd))} of the budget is left.`
    : "This is more than one job may take here."
