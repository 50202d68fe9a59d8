import type { Injections } from "../injection.ts"
import { FOLLOW, oneRow } from "./edit-episodes.ts"

const ALL = ["v2.0", "v2.1", "v3.0"] as const
const V3 = ["v3.0"] as const

export const episodeLengthInjections: Injections = [
  {
    rule: "EP-LEN-POS",
    what: "an episode has hardly a frame",
    versions: ALL,
    async apply(dataset, strength) {
      const injected = await oneRow(dataset, strength, (row, set) => {
        const length = [4, 1, 0][strength]!
        set("length", length)
        if ("dataset_from_index" in row) set("dataset_to_index", (row["dataset_from_index"] as number) + length)
      })
      return { ...injected, also: FOLLOW }
    },
  },
  {
    rule: "EP-LEN-RANGE",
    what: "the range is not as long as the episode",
    versions: V3,
    async apply(dataset, strength) {
      const injected = await oneRow(dataset, strength, (row, set) =>
        set("length", (row["length"] as number) + [1, -2, 500][strength]!),
      )
      return { ...injected, also: FOLLOW }
    },
  },
  {
    rule: "EP-RANGE-CONTIG",
    what: "an episode's range begins elsewhere",
    versions: V3,
    async apply(dataset, strength) {
      const by = [1, -3, 700][strength]!
      const injected = await oneRow(dataset, 0, (row, set) => {
        set("dataset_from_index", (row["dataset_from_index"] as number) + by)
        set("dataset_to_index", (row["dataset_to_index"] as number) + by)
      })
      return { ...injected, also: FOLLOW }
    },
  },
]
