import type { Real } from "./real.ts"
import type { World } from "./state.ts"

/** Numbers that mean "one of those there are", whatever there are: they keep their meaning when a sequence is cut short. */
export interface Pick {
  /** 0…7. */
  which: number
  weights: number[]
  percent: number
}

/** Mostly one of `likely`, with which something happens; one time in four any, with which nothing should. */
export function pickFrom<T>(all: readonly T[], { which }: Pick, likely: readonly T[]): T | undefined {
  const from = which < 6 ? likely : all
  return from[which % Math.max(1, from.length)]
}

/** Something that can be done to engine and model alike, and is expected to come to the same. */
export interface Move {
  /** Whether there is anything to do it to. */
  check(world: World, pick: Pick): boolean
  run(world: World, real: Real, pick: Pick): Promise<void>
}

/** A move with something of the world. */
export const about = <T>(
  choose: (world: World, pick: Pick) => T | undefined,
  act: (world: World, real: Real, chosen: T, pick: Pick) => Promise<void>,
): Move => ({
  check: (world, pick) => choose(world, pick) !== undefined,
  run: (world, real, pick) => act(world, real, choose(world, pick)!, pick),
})

/** A move that is always possible. */
export const always = (act: (world: World, real: Real, pick: Pick) => Promise<void>): Move =>
  about(
    () => true,
    (world, real, _, pick) => act(world, real, pick),
  )
