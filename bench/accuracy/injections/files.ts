import type { Injections } from "../injection.ts"

export const fileInjections: Injections = [
  {
    rule: "PQ-OPEN",
    what: "a data file ends before its footer",
    versions: ["v2.0", "v2.1", "v3.0"],
    apply(dataset, strength) {
      const path = dataset.paths(/^data\/.*\.parquet$/).at(-1)!
      const bytes = dataset.bytes(path)
      dataset.set(path, bytes.subarray(0, bytes.length - [1, 200, Math.floor(bytes.length / 2)][strength]!))
      return { path }
    },
  },
]
