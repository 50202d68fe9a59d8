import { setTimeout as sleep } from "node:timers/promises"
import type { JobContext, JobDefinition } from "@robokit/core/job/define"
import { harnessJob, harnessShards, outcome, TimedParams } from "@robokit/core/test/engine"
import { harness } from "../../functions/test/harness.ts"

async function work(ms: number, { progress }: Pick<JobContext, "progress">) {
  for (let step = 1; step <= 10; step++) {
    await sleep(ms / 10)
    progress(step * 10)
  }
}

/** Harness jobs: those that behave badly, and those that take the time they are told. */
export const registry = {
  ...harness,
  /** In large pieces: a busy machine must not make it a matter of time. */
  hogs: harnessJob(async () => {
    const all: unknown[] = []
    for (;;) all.push(Array.from({ length: 1_000_000 }).fill(0))
  }),
  // An import starts it.
  metadata_extraction: harnessJob(),
  sleeps: {
    ...harnessJob(),
    params: TimedParams,
    async run({ n, ms }: { n: number; ms: number }, ctx: JobContext) {
      await work(ms, ctx)
      return outcome({ n })
    },
  },
  /** Three parts of `ms` each. */
  slow_parts: {
    ...harnessShards({
      plan: async ({ ms }) => [1, 2, 3].map((part) => ({ weight: part, input: { part, ms } })),
      async run({ part, ms }, ctx) {
        await work(Number(ms), ctx)
        return { part }
      },
      reduce: async (partials) => outcome({ parts: partials.map(({ part }) => part) }),
    }),
    params: TimedParams,
  },
  throws_in_microtask: harnessJob(async () => {
    queueMicrotask(() => {
      throw new TypeError("secret detail")
    })
    return new Promise(() => {})
  }),
} satisfies Record<string, JobDefinition>
