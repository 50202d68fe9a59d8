import type { Depth, Evidence, Kind, Severity, Where } from "./schema.ts"

/** What must have been read, cheapest first. */
export const COSTS = ["listing", "info", "meta", "footer", "mp4", "scalar", "wide", "picture", "decode"] as const
export type Cost = (typeof COSTS)[number]

/** The least depth at which a cost is paid. */
export const DEPTH_OF: Record<Cost, Depth> = {
  listing: "metadata",
  info: "metadata",
  meta: "metadata",
  footer: "metadata",
  mp4: "metadata",
  scalar: "columns",
  wide: "full",
  picture: "full",
  decode: "decode",
}

/** What every rule says about itself. Its code is its key in the registry: stable, and never used for something else. */
export interface RuleInfo<Version extends string = string> {
  /** What holds in a sound dataset: "Every data file has a readable footer". */
  title: string
  /** Of an occurrence, unless the occurrence says otherwise. Only a defect is an error. */
  severity: Severity
  kind: Kind
  cost: Cost
  /** Versions of the format it judges. */
  versions: readonly Version[] | "all"
  /** What goes wrong when it does not hold, in a sentence. */
  why: string
  /** Upstream issue or document. */
  reference: string | null
  /** What to do about it; a command where one exists. */
  fix?: string
}

/** One occurrence. */
export interface Found {
  /** A sentence with the names and numbers of this place. Names come from datasets: show them by `shown`. */
  message: string
  where?: Omit<Where, "episodes">
  /** Numbers that were measured, and what was expected. */
  evidence?: Evidence
  severity?: Severity
  /** Occurrences of one group become one finding; by default those of one feature do. */
  group?: string
  /** Of several occurrences the one with the largest size speaks for all. */
  size?: number
  fix?: string
  reference?: string
}

export type Report = (found: Found) => void
