/** Codes of postgres.js and Node for a connection that is gone, beside SQLSTATE class 08 and the server's shutdown. */
const LOST = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "ECONNRESET",
  "EPIPE",
  "57P01",
  "57P02",
])
const DOWN = new Set(["ECONNREFUSED", "CONNECT_TIMEOUT", "ENOTFOUND", "ETIMEDOUT", "57P03", "53300"])

/** The code of a database error, which drizzle wraps as a cause. */
export function codeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string") return at.code
  }
  return undefined
}

export function constraintOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("constraint_name" in at && typeof at.constraint_name === "string") return at.constraint_name
  }
  return undefined
}

export function isLostConnection(error: unknown) {
  const code = codeOf(error)
  return code !== undefined && (LOST.has(code) || code.startsWith("08"))
}

/** A statement was prepared before a migration added a column to what it gives: "cached plan must not change result type". Nothing was changed. */
export const isOutdatedPlan = (error: unknown) => codeOf(error) === "0A000"

/** The database cannot be had just now: nothing is wrong with the request. */
export function isUnavailable(error: unknown) {
  const code = codeOf(error)
  return isLostConnection(error) || (code !== undefined && DOWN.has(code))
}

/** Somebody else held what the statement needed for longer than we wait, or for ever: nothing was changed, and the next try may. */
export function isContended(error: unknown) {
  const code = codeOf(error)
  return code === "55P03" || code === "40P01"
}
