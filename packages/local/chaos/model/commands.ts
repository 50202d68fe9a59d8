import fc from "fast-check"
import { ASKER } from "./asker.ts"
import { HOLDER } from "./holder.ts"
import { MACHINE } from "./machine.ts"
import type { Move, Pick } from "./move.ts"
import type { Real } from "./real.ts"
import type { World } from "./state.ts"

const MOVES = { ...ASKER, ...HOLDER, ...MACHINE } satisfies Record<string, Move>
type Name = keyof typeof MOVES

/** How often each comes; sequences that lead nowhere would prove nothing. */
const WEIGHTS: Record<Name, number> = {
  start: 1,
  cancel: 2,
  retry: 3,
  remove: 1,
  beat: 1,
  progress: 2,
  finish: 10,
  open: 6,
  refuse: 1,
  weather: 2,
  stumble: 2,
  crash: 2,
  hand_back: 2,
  obey: 3,
  silence: 4,
  claim: 8,
  claim_part: 12,
  take_over: 4,
  redeliver: 3,
  bury: 1,
  due: 4,
  sweep: 3,
  pass_on: 2,
  queue: 1,
}

const pick: fc.Arbitrary<Pick> = fc.record({
  which: fc.nat(7),
  weights: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3, size: "max" }),
  percent: fc.integer({ min: -10, max: 200 }),
})

const command = (name: Name, chosen: Pick): fc.AsyncCommand<World, Real> => ({
  check: (world) => MOVES[name].check(world, chosen),
  run: async (world, real) => {
    await MOVES[name].run(world, real, chosen)
    await real.verify(world)
  },
  toString: () => `${name}(${chosen.which}, ${chosen.percent}, [${chosen.weights.join(", ")}])`,
})

const name = fc.oneof(
  ...Object.entries(WEIGHTS).map(([name, weight]) => ({ weight, arbitrary: fc.constant(name as Name) })),
)

/** One arbitrary command, to be made a sequence of by `fc.commands`. */
export const anyCommand = fc.tuple(name, pick).map(([name, chosen]) => command(name, chosen))
