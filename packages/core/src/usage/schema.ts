import { z } from "zod"
import { Estimate, SizeClass } from "../job/schema.ts"

/** Whose limit it is, by the setting that holds it. */
export const BudgetPeriod = z.enum(["tenant_day", "tenant_month", "day"])
export type BudgetPeriod = z.infer<typeof BudgetPeriod>

/** `spent` by jobs that have ended, `reserved` for those that are open. */
export const BudgetState = z.object({
  period: BudgetPeriod,
  limit_usd: z.number(),
  spent_usd: z.number(),
  reserved_usd: z.number(),
  left_usd: z.number(),
  resets_at: z.iso.datetime(),
})
export type BudgetState = z.infer<typeof BudgetState>

/** What a job would take if it was started now. `budget` is the tightest; null when none has a limit. */
export const Preview = z.object({
  estimate: Estimate,
  size_class: SizeClass,
  budget: BudgetState.nullable(),
  fits: z.boolean(),
})
export type Preview = z.infer<typeof Preview>
