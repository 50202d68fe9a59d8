export type Random = () => number

/** Uniform in [0, 1), the same sequence for the same seed on every machine (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Mixes numbers into one seed, so that every episode and joint has its own sequence whatever was drawn before. */
export const mix = (...parts: number[]) =>
  parts.reduce((hash, part) => Math.imul(hash ^ (part + 0x9e3779b9), 0x85ebca6b) ^ (hash >>> 13), 0x2545f491) >>> 0

export const between = (random: Random, low: number, high: number) => low + (high - low) * random()
