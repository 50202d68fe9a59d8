import { plural, shown } from "../notes.ts"
import { isNestedRoot } from "./paths.ts"
import type { Rules } from "./rule.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
const INFO = "meta/info.json"
const MAX_IN_FOLDER = 10_000
const MAX_FILES = 100_000
const MAX_BYTES = 50e9
const KNOWN = ["v2.0", "v2.1", "v3.0"]

/** What kind of repository this is, and whether its parts belong to one version. */
export const repositoryRules = {
  "REPO-NOINFO": {
    on: "dataset",
    title: "meta/info.json exists",
    severity: "error",
    kind: "defect",
    cost: "listing",
    versions: "all",
    needs: [],
    why: "It is the root of a LeRobot dataset; without it nothing can be loaded.",
    reference: null,
    check(facts, report) {
      if (facts.errorOf("info")?.code !== "file_missing") return
      const { files } = facts.listing
      // Named by rules of their own.
      if (files.values().some(({ path }) => path.startsWith("meta_data/") || isNestedRoot(path))) return
      report({ message: `${INFO} is missing.`, where: { path: INFO }, evidence: { files: files.length } })
    },
  },
  "REPO-V1": {
    on: "dataset",
    title: "The layout is not that of version 1",
    severity: "error",
    kind: "defect",
    cost: "listing",
    versions: "all",
    needs: [],
    why: "Version 1 kept its metadata in meta_data/; no release since December 2024 reads it.",
    reference: `${LEROBOT}/461`,
    fix: "Convert it with lerobot 0.1: python lerobot/common/datasets/v2/convert_dataset_v1_to_v2.py.",
    check({ listing }, report) {
      const { files } = listing
      const old = files.get("meta_data/info.json") ?? files.values().find(({ path }) => path.startsWith("meta_data/"))
      if (old) report({ message: `${shown(old.path)} is the layout of version 1.`, where: { path: old.path } })
    },
  },
  "REPO-DIR-LIMIT": {
    on: "dataset",
    title: "The repository is within the Hub's limits",
    severity: "warning",
    kind: "risk",
    cost: "listing",
    versions: "all",
    why: "Beyond 10,000 files in a folder, 100,000 in all or 50 GB in one, the Hub refuses or truncates.",
    reference: "https://huggingface.co/docs/hub/storage-limits",
    check({ listing }, report) {
      const folders = new Map<string, number>()
      for (const { path, size } of listing.files) {
        const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")))
        folders.set(folder, (folders.get(folder) ?? 0) + 1)
        if (size > MAX_BYTES) {
          report({
            message: `${shown(path)} is ${Math.round(size / 1e9)} GB.`,
            where: { path },
            evidence: { bytes: size },
            group: "bytes",
          })
        }
      }
      for (const [folder, count] of folders) {
        if (count <= MAX_IN_FOLDER) continue
        report({
          message: `${shown(folder)} holds ${plural(count, "file")}.`,
          where: { path: folder },
          evidence: { files: count },
          group: "folder",
          size: count,
        })
      }
      const count = listing.files.length
      if (count > MAX_FILES)
        report({ message: `The repository has ${plural(count, "file")}.`, evidence: { files: count }, group: "files" })
    },
  },
  "VER-UNKNOWN": {
    on: "dataset",
    title: "codebase_version is v2.0, v2.1 or v3.0",
    severity: "error",
    kind: "defect",
    cost: "info",
    versions: "all",
    why: "The loader compares it with its own and stops.",
    reference: `${LEROBOT}/3138`,
    check({ info, version }, report) {
      const written = info.raw["codebase_version"]
      if (KNOWN.includes(written as string)) return
      const parsed = info.parsed.version
      const isClose = parsed?.key === "codebase_version" && (parsed.major === 2 || parsed.major === 3)
      report({
        message: `codebase_version is ${shown(written)}; it was read as ${version.name}.`,
        where: { path: INFO },
        fix: `Write "${version.name}".`,
        // Another spelling of a version there is: some readers take it.
        ...(isClose && { severity: "warning" as const }),
      })
    },
  },
  "VER-LAYOUT-MIX": {
    on: "dataset",
    title: "The files are those of the declared version",
    severity: "error",
    kind: "defect",
    cost: "listing",
    versions: "all",
    why: "A half-finished conversion: the loader of either version misses files.",
    reference: `${LEROBOT}/2652`,
    fix: "Finish the conversion, or set codebase_version back and push the old files.",
    check({ listing, version }, report) {
      const has3 = listing.episodeShards.length > 0
      const has2 = listing.files.has("meta/episodes.jsonl")
      if (version.major === 3 ? has3 || !has2 : has2 || !has3) return
      report({
        message: `info.json declares ${version.name}, the episodes are listed as in version ${version.major === 3 ? 2 : 3}.`,
        where: { path: version.major === 3 ? "meta/episodes.jsonl" : listing.episodeShards[0]!.path },
      })
    },
  },
  "VER-MIXED-LEFTOVER": {
    on: "dataset",
    title: "No files of version 2 lie beside those of version 3",
    severity: "error",
    kind: "defect",
    cost: "listing",
    versions: ["v3.0"],
    why: "LeRobot loads every table in data/, so leftover episodes are frames twice.",
    reference: null,
    fix: "Delete the files of version 2 from the repository.",
    check({ listing }, report) {
      if (listing.episodeShards.length === 0) return
      let first: string | undefined
      let [files, tables] = [0, 0]
      for (const { path } of listing.files) {
        const isTable = /^data\/.*episode_\d+\.parquet$/.test(path)
        if (!isTable && !/^(?:meta\/(?:episodes|episodes_stats|tasks)\.jsonl$|videos\/chunk-\d+\/)/.test(path)) continue
        first ??= path
        files++
        if (isTable) tables++
      }
      if (first === undefined) return
      report({
        message: `${plural(files, "file")} of version 2 ${files === 1 ? "is" : "are"} left, such as ${shown(first)}.`,
        where: { path: first },
        evidence: { files },
        // Only tables in data/ are loaded; the others are dead weight.
        ...(tables === 0 && { severity: "warning" as const }),
      })
    },
  },
} as const satisfies Rules
