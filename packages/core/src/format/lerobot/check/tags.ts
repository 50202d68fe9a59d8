import { shown } from "../notes.ts"
import type { Rules } from "./rule.ts"
import type { DatasetFacts } from "./subjects.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
const ANEW = "Then import the dataset anew: tags are looked at when it is imported."

/**
 * Whether LeRobot, which loads by the tag of a version unless it is told a commit, loads the dataset at hand. Tags move without a
 * commit: what is judged is how they were at the import, which every message says, and nothing fails by it.
 */
export const tagRules = {
  "TAG-MISSING": {
    on: "dataset",
    title: "A tag or branch is named after the version",
    severity: "warning",
    kind: "risk",
    cost: "listing",
    versions: "all",
    needs: ["info", "refs"],
    why: "LeRobot looks for it unless it is given a revision, and stops, or takes an older version, where there is none.",
    reference: `${LEROBOT}/790`,
    check(facts, report) {
      const { refs, version } = facts
      if (namesOfVersion(facts).length > 0) return
      const others = refs.versions.map(({ name }) => name)
      report({
        message: `No tag or branch was named ${version.name} ${atImport(facts)}${others.length ? `; of other versions there was ${shown(others[0])}` : ""}.`,
        evidence: { read_at: refs.read_at, others: others.slice(0, 20).join(", ") },
        fix: `Python: ${create(facts)}. ${ANEW}`,
      })
    },
  },
  "TAG-STALE": {
    on: "dataset",
    title: "The tag of the version is at the commit of main",
    severity: "warning",
    kind: "risk",
    cost: "listing",
    versions: "all",
    needs: ["info", "refs"],
    why: "LeRobot loads what is tagged, viewers and other readers what main holds: files that were uploaded by hand are not among the former. Where only the card was edited since, nothing is wrong.",
    reference: `${LEROBOT}/4017`,
    check(facts, report) {
      const { refs, revision } = facts
      const named = namesOfVersion(facts)
      const [first] = named
      if (!first || named.some(({ commit }) => commit === revision)) return
      report({
        message: `${shown(first.name)} was at commit ${first.commit.slice(0, 12)} ${atImport(facts)}, main at ${revision.slice(0, 12)}.`,
        evidence: { read_at: refs.read_at, tagged: first.commit, main: revision },
        fix: `Python: HfApi().delete_tag(${JSON.stringify(facts.repo_id)}, tag=${JSON.stringify(first.name)}, repo_type="dataset"); ${create(facts)}. ${ANEW}`,
      })
    },
  },
  "TAG-NAME": {
    on: "dataset",
    title: "The tag of the version is spelled as LeRobot does",
    severity: "warning",
    kind: "risk",
    cost: "listing",
    versions: "all",
    needs: ["info", "refs"],
    why: "LeRobot reads any spelling of a version, and then asks the Hub for its own, which is not there.",
    reference: null,
    check(facts, report) {
      const { refs, version } = facts
      const named = namesOfVersion(facts)
      const [first] = named
      if (!first || named.some(({ name }) => name === version.name)) return
      report({
        message: `The version was tagged as ${shown(first.name)}, not as ${version.name}, ${atImport(facts)}.`,
        evidence: { read_at: refs.read_at, name: first.name, expected: version.name },
        fix: `Python: ${create(facts)}. ${ANEW}`,
      })
    },
  },
} as const satisfies Rules

/** Branches and tags that LeRobot takes for the dataset's version, those first that are spelled as it does. */
function namesOfVersion({ refs, version }: DatasetFacts) {
  const wanted = release(version.name)
  const same = refs.versions.filter(({ name }) => release(name) === wanted)
  return same.sort((a, b) => Number(b.name === version.name) - Number(a.name === version.name))
}

/** `v3`, `3.0` and `V3.0.0` are one release, as PEP 440 has it; undefined for what is none. */
function release(name: string): string | undefined {
  const numbers = /^v?(\d{1,9}(?:\.\d{1,9}){0,9})$/i.exec(name)?.[1]?.split(".").map(Number)
  while (numbers?.at(-1) === 0 && numbers.length > 1) numbers.pop()
  return numbers?.join(".")
}

const atImport = ({ refs }: DatasetFacts) =>
  `when the dataset was imported (${refs.read_at.slice(0, 16).replace("T", " ")} UTC)`

/** The call of huggingface_hub that tags main. */
const create = ({ repo_id, version }: DatasetFacts) =>
  `HfApi().create_tag(${JSON.stringify(repo_id)}, tag="${version.name}", repo_type="dataset")`
