import type { FormatValidation } from "../../adapter.ts"
import { plan, reduce, run } from "./sharded.ts"
import type { ShardFound, ShardInput } from "./shards.ts"

/** What the validation job needs of LeRobot. Inputs and parts of the result travel as JSON. */
export const lerobotValidation: FormatValidation = {
  async plan(options, ctx) {
    const planned = await plan(ctx, options)
    if ("validation" in planned) return planned
    return { shards: planned.shards.map(({ weight, input }) => ({ weight, input: { ...input } })) }
  },
  run: async (input, options, ctx) => ({ ...(await run(input as unknown as ShardInput, ctx, options)) }),
  reduce: (found, options, ctx) => reduce(found as unknown as ShardFound[], ctx, options),
}
