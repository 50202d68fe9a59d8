/** What differs between stages, and what whoever deploys may say. `infra/env.example` lists the variables. */

/** An empty line in an env file means unset. */
const given = (name: string) => process.env[name] || undefined

export const stage = {
  /** Kept when the stage is removed, and protected from removal. */
  isProduction: $app.stage === "production",
  /** Custom domain of the portal; without it CloudFront's own name. */
  domain: given("ROBOKIT_DOMAIN"),
  /** Who is told of alarms and of the budget. */
  alarmEmail: given("ALARM_EMAIL"),
  /** US dollars a month that the stage may cost before somebody is told. */
  budgetUsd: Number(given("BUDGET_USD") ?? 20),
  logDays: $app.stage === "production" ? 90 : 14,
}

if (!(stage.budgetUsd > 0)) throw new Error(`BUDGET_USD is no amount: ${process.env.BUDGET_USD}`)

/** Limits of core/config.ts, under their own names. One that is not set is no limit, and no variable of a function. */
export const limits = Object.fromEntries(
  Object.entries({
    JOB_RUNNING_CAP: given("JOB_RUNNING_CAP"),
    JOB_TENANT_RUNNING_CAP: given("JOB_TENANT_RUNNING_CAP"),
    BUDGET_DAY_USD: given("BUDGET_DAY_USD"),
    BUDGET_TENANT_DAY_USD: given("BUDGET_TENANT_DAY_USD"),
    BUDGET_TENANT_MONTH_USD: given("BUDGET_TENANT_MONTH_USD"),
  }).flatMap(([name, value]) => (value ? [[name, value] as const] : [])),
)
