import { createHash } from "node:crypto"

const SHARE = 0.01
const LEAST = 200

/**
 * Which of `count` files are looked at when there are too many to look at each: the first, the last and one in a hundred, at
 * least 200. The same commit gives the same ones, and lists of one length the same positions. Ascending.
 */
export function sampleOf(count: number, seed: string): number[] {
  const wanted = Math.min(count, Math.max(LEAST, Math.ceil(count * SHARE)))
  const chosen = new Set(count > 0 ? [0, count - 1] : [])
  for (let at = 0; chosen.size < wanted; at++) {
    const digest = createHash("sha256").update(`${seed} ${at}`).digest()
    chosen.add(Number(digest.readBigUInt64LE() % BigInt(count)))
  }
  return [...chosen].sort((a, b) => a - b)
}
