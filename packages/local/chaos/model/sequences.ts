import fc from "fast-check"
import postgres from "postgres"
import { resetConfig } from "@robokit/core/config"
import { keepObjects } from "@robokit/core/test/engine"
import { anyCommand } from "./commands.ts"
import { setUp } from "./real.ts"
import { isActive } from "./state.ts"

export interface Share {
  url: string
  seed: number
  runs: number
}

export interface Sequences {
  sequences: number
  commands: number
  /** Jobs that came to an end, each time they did. */
  ends: number
  /** Sequences in which shards were finished. */
  in_parts: number
}

/**
 * Runs random sequences of commands against the database that is connected, which must be nobody else's, comparing rows
 * and model after each. Throws with the seed, the path and the shortest sequence that fails.
 */
export async function runSequences({ url, seed, runs }: Share) {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  keepObjects()
  const seen: Sequences = { sequences: 0, commands: 0, ends: 0, in_parts: 0 }
  const cap = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined })
  const commands = fc.commands([anyCommand], { maxCommands: 80, size: "max" })
  try {
    await fc.assert(
      fc.asyncProperty(cap, commands, async (cap, commands) => {
        limitTo(cap)
        const { model, real } = await setUp(sql, cap)
        await fc.asyncModelRun(() => ({ model, real }), commands)
        seen.sequences++
        seen.commands += real.commands
        seen.ends += model.jobs.filter((job) => !isActive(job)).length
        if (model.jobs.some(({ done }) => done > 0)) seen.in_parts++
      }),
      { numRuns: runs, seed, endOnFailure: false },
    )
  } finally {
    limitTo(undefined)
    await sql.end({ timeout: 2 })
  }
  return seen
}

export function limitTo(cap: number | undefined) {
  if (cap === undefined) delete process.env.JOB_RUNNING_CAP
  else process.env.JOB_RUNNING_CAP = String(cap)
  resetConfig()
}
