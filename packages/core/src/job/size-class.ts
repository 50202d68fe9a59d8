import type { SizeClass } from "./schema.ts"

const MB = 1e6
const GB = 1e9

/** The class of a job that is estimated to read `bytes`. */
export const classOf = (bytes: number): SizeClass => {
  if (bytes <= 256 * MB) return "light"
  return bytes <= 4 * GB ? "medium" : "heavy"
}
