import type { Budget } from "../api/jobs.ts"
import { formatPrice, spelled } from "../formatting.ts"
import "./budget-bar.css"

interface Props {
  budget: Pick<Budget, "period" | "limit_usd" | "spent_usd" | "reserved_usd">
  /** What the job in question would add. */
  wanted_usd: number
}

/** What is gone of a budget, what open jobs hold, and what one more would take. The bar repeats what the words say. */
export function BudgetBar({ budget: { period, limit_usd, spent_usd, reserved_usd }, wanted_usd }: Props) {
  const left_usd = Math.max(0, limit_usd - spent_usd - reserved_usd)
  const parts = [
    { name: "spent", usd: spent_usd, tone: "spent" },
    { name: "held by open jobs", usd: reserved_usd, tone: "reserved" },
    { name: "this job", usd: wanted_usd, tone: wanted_usd > left_usd ? "over" : "wanted" },
  ]
  return (
    <div>
      <p className="row between small">
        <span>Budget {BUDGET_PERIODS[period] ?? `(${spelled(period)})`}</span>
        <span className="soft">
          {formatPrice(left_usd)} of {formatPrice(limit_usd)} left
        </span>
      </p>
      <svg className="budget-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        {parts.map(({ name, usd, tone }, index) => {
          const x = share(
            parts.slice(0, index).reduce((sum, each) => sum + each.usd, 0),
            limit_usd,
          )
          const width = Math.min(share(usd, limit_usd), 100 - x)
          return <rect key={name} className={`budget-${tone}`} x={x} width={width} height="1" />
        })}
      </svg>
      <ul className="budget-parts">
        {parts.map(({ name, usd, tone }) => (
          <li key={name}>
            <span className={`budget-dot budget-${tone}`} aria-hidden="true" />
            {name} {formatPrice(usd)}
          </li>
        ))}
      </ul>
    </div>
  )
}

const BUDGET_PERIODS: Record<string, string> = { day: "for today", month: "for this month" }

/** In percent of the bar. A limit of nothing is full from the start. */
const share = (part: number, whole: number) => (whole > 0 ? Math.min(100, (part / whole) * 100) : 100)
