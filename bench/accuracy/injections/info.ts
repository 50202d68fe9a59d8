import type { Injections } from "../injection.ts"

const INFO = "meta/info.json"

export const infoInjections: Injections = [
  {
    rule: "INFO-FPS",
    what: "fps is no rate",
    versions: ["v2.0", "v2.1", "v3.0"],
    apply(dataset, strength) {
      dataset.json(INFO, (info) => (info["fps"] = [0, -30, null][strength]))
      return { path: INFO }
    },
  },
  {
    rule: "INFO-TOTAL-FRAMES",
    what: "total_frames is not the sum of the lengths",
    versions: ["v2.0", "v2.1", "v3.0"],
    apply(dataset, strength) {
      dataset.json(
        INFO,
        (info) => (info["total_frames"] = (info["total_frames"] as number) + [1, -20, 10_000][strength]!),
      )
      return { path: INFO }
    },
  },
]
