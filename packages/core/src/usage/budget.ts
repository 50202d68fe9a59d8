import { and, eq, gte, lt, or, sql, sum } from "drizzle-orm"
import { config } from "../config.ts"
import { use } from "../db/database.ts"
import { AppError } from "../error.ts"
import type { jobTable } from "../job/job.sql.ts"
import { spendingTable } from "./budget.sql.ts"
import { toMicros, toUsd } from "./price.ts"
import type { BudgetPeriod, BudgetState } from "./schema.ts"

/** Today by the clock that all share. */
export const today = () => sql`(now() at time zone 'utc')::date`

/** Any constant of ours: whoever may be refused takes turns with the others who may. */
const TURN = 727_276

/**
 * Before anything is reserved in the transaction, which keeps its turn until it ends: what was accepted before is then seen,
 * and what comes later sees this. Without a limit nobody waits.
 */
export async function takeTurn() {
  if (isLimited()) await use().execute(sql`select pg_advisory_xact_lock(${TURN})`)
}

interface Limit {
  period: BudgetPeriod
  micros: number
}

/** The limits that are set, the widest last. */
function limits(): Limit[] {
  const { BUDGET_TENANT_DAY_USD, BUDGET_DAY_USD, BUDGET_TENANT_MONTH_USD } = config()
  const all = [
    { period: "tenant_day", usd: BUDGET_TENANT_DAY_USD },
    { period: "day", usd: BUDGET_DAY_USD },
    { period: "tenant_month", usd: BUDGET_TENANT_MONTH_USD },
  ] as const
  return all.flatMap(({ usd, period }) => (usd === undefined ? [] : [{ period, micros: toMicros(usd) }]))
}

/** Whether anything may be refused: without a limit nothing that is reserved need ever be taken back. */
export const isLimited = () => limits().length > 0

interface Standing {
  period: BudgetPeriod
  limit: number
  spent: number
  reserved: number
  resets_at: Date
}

/** How the budgets of the day stand that have a limit; amounts in micros. */
async function standings(tenant_id: number, today: string): Promise<Standing[]> {
  if (!isLimited()) return []
  const { day, tenant_id: tenant, reserved_micros, spent_micros } = spendingTable
  const month = `${today.slice(0, 7)}-01`
  const ofMonth = and(gte(day, month), lt(day, sql`${month}::date + interval '1 month'`))
  const rows = await use()
    .select({ tenant, day, reserved: sum(reserved_micros).mapWith(Number), spent: sum(spent_micros).mapWith(Number) })
    .from(spendingTable)
    .where(or(eq(day, today), and(eq(tenant, tenant_id), ofMonth)))
    .groupBy(tenant, day)
  const isIn: Record<BudgetPeriod, (row: { tenant: number; day: string }) => boolean> = {
    tenant_day: (row) => row.tenant === tenant_id && row.day === today,
    day: (row) => row.day === today,
    tenant_month: (row) => row.tenant === tenant_id,
  }
  return limits().map(({ period, micros }) => {
    const counted = rows.filter(isIn[period])
    return {
      period,
      limit: micros,
      spent: counted.reduce((all, { spent }) => all + spent, 0),
      reserved: counted.reduce((all, { reserved }) => all + reserved, 0),
      resets_at: endOf(period, today),
    }
  })
}

function endOf(period: BudgetPeriod, day: string) {
  const [year, month, date] = day.split("-").map(Number) as [number, number, number]
  return new Date(period === "tenant_month" ? Date.UTC(year, month, 1) : Date.UTC(year, month - 1, date + 1))
}

type Reservation = Pick<typeof jobTable.$inferSelect, "tenant_id" | "reserved_on" | "reserved_micros">

/**
 * To be called in the transaction that has taken its turn and then written the job's reservation, with the row as it was
 * written. By then the trigger has added it to what is spent.
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
