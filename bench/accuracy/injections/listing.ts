import type { Injections } from "../injection.ts"

const ALL = ["v2.0", "v2.1", "v3.0"] as const
const CUT = 100_000
const NOTHING = new Uint8Array()

export const listingInjections: Injections = [
  {
    rule: "LISTING-TRUNCATED",
    what: "the list of files ends at 100,000",
    versions: ALL,
    apply(dataset, strength) {
      const paths = dataset.paths(/./)
      const folders = new Set(
        paths.flatMap((path) => [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index))),
      )
      // Of files alone, or with the folders there are and that of the added ones, or with one for each added one.
      const left = CUT - paths.length - (strength > 0 ? folders.size : 0)
      const added = [left, left - 1, Math.floor((left - 1) / 2)][strength]!
      for (let at = 0; at < added; at++) {
        dataset.set(strength === 2 ? `notes/${at}/note.txt` : `notes/${at}.txt`, NOTHING)
      }
      if (strength === 2 && (left - 1) % 2 === 1) dataset.set("notes/last.txt", NOTHING)
      return { also: ["REPO-DIR-LIMIT"] }
    },
  },
]
