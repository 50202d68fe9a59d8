import { AppError } from "../../../error.ts"

/**
 * Whether an error says something about the dataset. Any other (the Hub's weather, a spent budget, a bug) ends the job: it
 * would be a lie to call a file broken because of it.
 */
export const isFault = (error: unknown): error is AppError =>
  error instanceof AppError &&
  ["invalid", "limit", "unsupported"].includes(error.kind) &&
  !["budget_exceeded", "time_limit", "memory_limit"].includes(error.code)
