import type { Cost, Report, RuleInfo } from "../../../check/rule.ts"
import type {
  BrokenFile,
  DataFile,
  DatasetFacts,
  EpisodeRows,
  EpisodeValues,
  Part,
  PictureColumn,
  StatsTable,
  VersionName,
  VideoFile,
  Whole,
} from "./subjects.ts"

/** What a rule looks at, by its `on`. */
export interface Subjects {
  /** The listing and the files of meta/, once. */
  dataset: DatasetFacts
  /** Each data or video file that cannot be opened. */
  broken_file: BrokenFile
  data_file: DataFile
  /** stats.json, and each stretch of the episodes' statistics. */
  stats: StatsTable
  /** Each episode's scalar columns. */
  episode_rows: EpisodeRows
  /** Each numeric feature of each episode. */
  episode_values: EpisodeValues
  /** Each image camera in each row group. */
  picture_column: PictureColumn
  video_file: VideoFile
  /** Everything, after all files. */
  whole: Whole
}

export type On = keyof Subjects

interface Common extends RuleInfo<VersionName> {
  /** Parts without which it cannot judge; it is then listed as not run. `info` unless said. */
  needs?: readonly Part[]
  /** The rule that finds the same by looking closer: where the depth pays for that one, this one has nothing to add. */
  superseded_by?: string
}

/** A look at one kind of subject. */
export type Look = {
  [Kind in On]: {
    on: Kind
    check(subject: Subjects[Kind], report: Report, facts: DatasetFacts): void
  }
}[On]

/** One rule: what it says about itself, what it looks at, and the look. */
export type Rule = Common &
  Look & {
    /** A second look, exact where the first is a quick one, when the depth pays for it. */
    closer?: Look & { cost: Cost }
  }

export type Rules = Readonly<Record<string, Rule>>
