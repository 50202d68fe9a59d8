import { AppError } from "@robokit/core/error"
import type { JobDefinition } from "@robokit/core/job/define"
import { harnessJob, harnessShards, outcome } from "@robokit/core/test/engine"

const spin = () => {
  for (;;);
}

/** Jobs that behave badly in every way we know. They exist in tests only. */
export const harness = {
  quick: harnessJob(async (_params, { progress }) => {
    progress(40, "half way")
    return outcome({ from: "thread" })
  }),
  parts: harnessShards({
    plan: async () => [1, 2, 3].map((weight) => ({ weight, input: { weight } })),
    run: async ({ weight }) => ({ weight }),
    reduce: async (partials) => outcome({ weights: partials.map(({ weight }) => weight) }),
  }),
  spins: harnessJob(async (_params, { progress }) => {
    progress(5, "round and round")
    return spin()
  }),
  waits: harnessJob((_params, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", reject))),
  hogs: harnessJob(async () => {
    const all: unknown[] = []
    for (;;) all.push(Array.from({ length: 10_000 }, (_, at) => ({ at })))
  }),
  exits: harnessJob(async () => process.exit(3)),
  throws: harnessJob(async () => {
    throw new TypeError("secret detail")
  }),
  throws_later: harnessJob(async () => {
    setTimeout(() => {
      throw new TypeError("secret detail")
    }, 10)
    return new Promise(() => {})
  }),
  refuses: harnessJob(async () => {
    throw new AppError("dataset_malformed", "It contradicts itself.", { path: "meta/info.json", episode: 3 })
  }),
  bloats: harnessJob(async () => outcome({ big: "x".repeat(5 * 1024 * 1024) })),
  uncloneable: harnessJob(async () => outcome({ run: () => {} })),
} satisfies Record<string, JobDefinition>
