import { cardOf } from "../card.ts"
import type { Editable } from "../editable.ts"
import type { Injection, Injections, Strength } from "../injection.ts"

const ALL = ["v2.0", "v2.1", "v3.0"] as const
const README = "README.md"
const INFO = "meta/info.json"

/** Changes the card; where there is none, the one that lerobot would have pushed. */
const onCard =
  (edit: (card: string, strength: Strength) => string): Injection["apply"] =>
  (dataset, strength) => {
    if (!dataset.files.has(README)) dataset.set(README, cardOf(dataset.text(INFO)))
    const card = dataset.text(README)
    const edited = edit(card, strength)
    if (edited === card) return undefined
    dataset.set(README, edited)
    return { path: README }
  }

const pushed = (dataset: Editable, edit: (info: Record<string, unknown>) => void) => {
  const info = dataset.info
  edit(info)
  dataset.set(README, cardOf(JSON.stringify(info, null, 4)))
}

export const cardInjections: Injections = [
  {
    rule: "CARD-STALE",
    what: "the card is that of an earlier push",
    versions: ALL,
    apply(dataset, strength) {
      pushed(dataset, (info) => {
        if (strength === 0) info["total_episodes"] = Number(info["total_episodes"]) - 1
        else if (strength === 1) delete (info["features"] as Record<string, unknown>)["action"]
        else Object.assign(info, { codebase_version: "v1.6", fps: 1, features: {}, robot: "x" })
      })
      return { path: README }
    },
  },
  {
    rule: "CARD-STALE",
    what: "the card's copy of info.json is broken",
    versions: ALL,
    apply: onCard((card, strength) =>
      card.replace(/"codebase_version": /, ["", "'codebase_version': ", "{"][strength]!),
    ),
  },
  {
    rule: "CARD-TAG",
    what: "the tag is missing or spelled otherwise",
    versions: ALL,
    apply: onCard((card, strength) =>
      card.replace("tags:\n- LeRobot\n", ["tags:\n- lerobot\n", "tags: [v, '2', ., '1']\n", ""][strength]!),
    ),
  },
  {
    rule: "CARD-TAG",
    what: "no data files are named, or others",
    versions: ALL,
    apply: onCard((card, strength) =>
      card.replace(
        "  data_files: data/*/*.parquet\n",
        ["  data_files: data/*.parquet\n", "", "  data_files: [{split: train, path: '*.parquet'}]\n"][strength]!,
      ),
    ),
  },
  {
    rule: "CARD-TAG",
    what: "the front matter is none",
    versions: ALL,
    apply: onCard((card, strength) =>
      card.replace(/^---\n/, ["", "---\nlicense: [\n", "---\nlicense: !!python/object x\n"][strength]!),
    ),
  },
]
