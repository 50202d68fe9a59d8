import { and, or, eq, sql } from "drizzle-orm"
import { config } from "../config.ts"
import { use } from "../db/database.ts"
import { AppError } from "../error.ts"
import type { jobTable } from "../job/job.sql.ts"
import { budgetTable } from "./budget.sql.ts"
import { toMicros, toUsd } from "./price.ts"
import type { BudgetPeriod, BudgetState } from "./schema.ts"

/** Tenant 0 stands for all together. */
const ALL = 0

/** Today by the clock that all share. */
export const today = () => sql`(now() at time zone 'utc')::date`

interface Limit {
  period: BudgetPeriod
  tenant_id: number
  length: "day" | "month"
  micros: number
}

/** The limits that are set, the widest last. */
function limitsOf(tenant_id: number): Limit[] {
  const { BUDGET_TENANT_DAY_USD, BUDGET_DAY_USD, BUDGET_TENANT_MONTH_USD } = config()
  const all = [
    { period: "tenant_day", tenant_id, length: "day", usd: BUDGET_TENANT_DAY_USD },
    { period: "day", tenant_id: ALL, length: "day", usd: BUDGET_DAY_USD },
    { period: "tenant_month", tenant_id, length: "month", usd: BUDGET_TENANT_MONTH_USD },
  ] as const
  return all.flatMap(({ usd, ...limit }) => (usd === undefined ? [] : [{ ...limit, micros: toMicros(usd) }]))
}

/** Whether anything may be refused: without a limit nothing that is reserved need ever be taken back. */
export const isLimited = () => limitsOf(ALL).length > 0

interface Standing {
  period: BudgetPeriod
  limit: number
  spent: number
  reserved: number
  resets_at: Date
}

/** How the budgets of the day stand that have a limit; amounts in micros. */
async function standings(tenant_id: number, day: string): Promise<Standing[]> {
  const limits = limitsOf(tenant_id)
  if (limits.length === 0) return []
  const firstOf = (length: "day" | "month") => (length === "day" ? day : `${day.slice(0, 7)}-01`)
  const rows = await use()
    .select()
    .from(budgetTable)
    .where(
      or(
        ...limits.map(({ tenant_id, length }) =>
          and(
            eq(budgetTable.tenant_id, tenant_id),
            eq(budgetTable.period, length),
            eq(budgetTable.starts_on, firstOf(length)),
          ),
        ),
      ),
    )
  return limits.map(({ period, tenant_id, length, micros }) => {
    const row = rows.find((each) => each.tenant_id === tenant_id && each.period === length)
    return {
      period,
      limit: micros,
      spent: row?.spent_micros ?? 0,
      reserved: row?.reserved_micros ?? 0,
      resets_at: endOf(length, day),
    }
  })
}

function endOf(length: "day" | "month", day: string) {
  const [year, month, date] = day.split("-").map(Number) as [number, number, number]
  return new Date(length === "day" ? Date.UTC(year, month - 1, date + 1) : Date.UTC(year, month, 1))
}

type Reservation = Pick<typeof jobTable.$inferSelect, "tenant_id" | "reserved_on" | "reserved_micros">

/**
 * To be called in the transaction that has just written the job's reservation, with the row as it was written. By then
 * the trigger has added it to the budgets, whose rows stay locked until the transaction ends: who comes later sees it.
 *
 * @throws AppError `budget_exceeded` with the numbers; it takes the reservation, and the job, back.
 */
export async function mustFit({ tenant_id, reserved_on, reserved_micros }: Reservation): Promise<void> {
  if (reserved_on === null) return
  const tight = (await standings(tenant_id, reserved_on)).find(({ limit, spent, reserved }) => spent + reserved > limit)
  if (!tight) return
  const { period, limit, spent, resets_at } = tight
  const before = tight.reserved - reserved_micros
  const [wants, left] = [dollars(reserved_micros), dollars(Math.max(0, limit - spent - before))]
  throw new AppError("budget_exceeded", `The job is estimated at ${wants}, and ${WHOSE[period]} has ${left} left.`, {
    user_action: `Wait until ${resets_at.toISOString()}, or ask the operator for more.`,
    extra: {
      limit_usd: toUsd(limit),
      spent_usd: toUsd(spent),
      reserved_usd: toUsd(before),
      wanted_usd: toUsd(reserved_micros),
      period,
      resets_at: resets_at.toISOString(),
    },
  })
}

type Overrun = Reservation & Pick<typeof jobTable.$inferSelect, "due_micros">

/**
 * Why no further step of a job may begin that costs more than it reserved: what it has cost beyond that does not fit into
 * a budget. Asks the database only when it has, and a budget has a limit.
 */
export async function overBudget({ tenant_id, reserved_on, reserved_micros, due_micros }: Overrun) {
  const beyond = due_micros - reserved_micros
  if (beyond <= 0 || reserved_on === null) return undefined
  const all = await standings(tenant_id, reserved_on)
  const tight = all.find(({ limit, spent, reserved }) => spent + reserved + beyond > limit)
  if (!tight) return undefined
  const detail = `The job has cost ${dollars(due_micros)} so far, and ${WHOSE[tight.period]} is used up.`
  return new AppError("budget_exceeded", detail, {
    user_action: `Start it again after ${tight.resets_at.toISOString()}, or ask the operator for more.`,
  })
}

const WHOSE = {
  tenant_day: "today's budget",
  day: "the budget of all for today",
  tenant_month: "this month's budget",
} as const satisfies Record<BudgetPeriod, string>

const dollars = (micros: number) => `$${toUsd(micros).toFixed(6)}`

/** The tightest budget that has a limit, and whether `micros` more would fit into all of them now. Reserves nothing. */
export async function wouldFit(
  tenant_id: number,
  micros: number,
): Promise<{ budget: BudgetState | null; fits: boolean }> {
  const day = new Date().toISOString().slice(0, 10)
  const all = (await standings(tenant_id, day)).map((each) => ({
    ...each,
    left: each.limit - each.spent - each.reserved,
  }))
  const tight = all.toSorted((a, b) => a.left - b.left)[0]
  if (!tight) return { budget: null, fits: true }
  const { period, limit, spent, reserved, left, resets_at } = tight
  return {
    budget: {
      period,
      limit_usd: toUsd(limit),
      spent_usd: toUsd(spent),
      reserved_usd: toUsd(reserved),
      left_usd: toUsd(Math.max(0, left)),
      resets_at: resets_at.toISOString(),
    },
    fits: micros <= left,
  }
}
