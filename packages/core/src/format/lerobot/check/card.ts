import { isDeepStrictEqual } from "node:util"
import { plural, shown } from "../notes.ts"
import { isRecord, parseJson } from "../text.ts"
import type { Rules } from "./rule.ts"

const TAG = "LeRobot"
const DATA_FILES = "data/*/*.parquet"

/** What README.md says to the Hub, and to people. */
export const cardRules = {
  "CARD-STALE": {
    on: "dataset",
    title: "The copy of info.json in the card is as meta/info.json is now",
    severity: "info",
    kind: "characteristic",
    cost: "info",
    versions: "all",
    needs: ["info", "card"],
    why: "LeRobot copies it when it pushes; whoever edits the dataset by other means leaves it to mislead people.",
    reference: null,
    fix: "Push the dataset with lerobot, or write the block anew.",
    check({ card, info }, report) {
      if (card.info === null) return
      const copy = parsed(card.info)
      if (!isRecord(copy)) {
        report({ message: `The copy of info.json in ${card.path} is no JSON object.`, where: { path: card.path } })
        return
      }
      const keys = new Set([...Object.keys(copy), ...Object.keys(info.raw)])
      const differing = [...keys].filter((key) => !isDeepStrictEqual(copy[key], info.raw[key]))
      const [first] = differing
      if (first === undefined) return
      const values = [copy[first], info.raw[first]]
      const how = values.some(isNested)
        ? `differs in ${shown(first)}`
        : `has ${shown(first)} as ${shown(values[0])}, not ${shown(values[1])}`
      const more = differing.length - 1
      report({
        message: `The copy of info.json in ${card.path} ${how}${more ? `, and differs in ${plural(more, "other key")}` : ""}.`,
        where: { path: card.path },
        evidence: { keys: differing.slice(0, 20).join(", "), differing: differing.length },
      })
    },
  },
  "CARD-TAG": {
    on: "dataset",
    title: `The card has the tag ${TAG}, and its data files are the tables of frames`,
    severity: "info",
    kind: "characteristic",
    cost: "info",
    versions: "all",
    needs: ["card"],
    why: "The Hub finds datasets by the tag, case included, and its viewer takes other tables for frames where no files are named.",
    reference: "https://huggingface.co/docs/hub/datasets-manual-configuration",
    fix: `Write "tags: [${TAG}]" and a config with "data_files: ${DATA_FILES}" into the front matter of README.md.`,
    check({ card: { path, front, problem } }, report) {
      const say = (message: string, group: string) => report({ message, where: { path }, group })
      if (front === null) {
        say(problem, "front matter")
        return
      }
      const tags = textsOf(front["tags"])
      if (!tags.includes(TAG)) {
        const near = tags.find((tag) => tag.toLowerCase() === TAG.toLowerCase())
        say(`The card's tags lack ${TAG}${near === undefined ? "" : ` (${shown(near)} is another)`}.`, "tags")
      }
      const patterns = dataFilesOf(front["configs"])
      if (patterns.length === 0) say(`The card names no data files, which would be ${DATA_FILES}.`, "data files")
      else if (!patterns.includes(DATA_FILES)) {
        say(`The card's data files are ${shown(patterns[0])}, not ${DATA_FILES}.`, "data files")
      }
    },
  },
} as const satisfies Rules

function parsed(text: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const isNested = (value: unknown) => typeof value === "object" && value !== null

/** A text, or those of a list. */
function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string")
}

/** Patterns of every config, whether it names its splits or not. */
function dataFilesOf(configs: unknown): string[] {
  const all = Array.isArray(configs) ? configs.filter(isRecord) : []
  return all.flatMap(({ data_files }) => {
    const entries = Array.isArray(data_files) ? data_files : [data_files]
    return entries.flatMap((entry) => textsOf(isRecord(entry) ? entry["path"] : entry))
  })
}
