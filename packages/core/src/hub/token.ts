import { Caller } from "../access/caller.ts"
import { config } from "../config.ts"

/**
 * The token to read the Hub with for the caller at hand; undefined without one. The server's token serves its operator
 * only, so whatever is kept of an answer must be kept under the token it was read with.
 */
export const hubToken = (): string | undefined => (Caller.isOperator() ? config().HF_TOKEN || undefined : undefined)
