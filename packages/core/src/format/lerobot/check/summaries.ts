import { schemaOf } from "./feature-columns.ts"
import type { DataFile, EpisodeRows, EpisodeSummary, FileSummary } from "./subjects.ts"

/** What a data file leaves behind for the rules that look at all of them. */
export function summaryOfFile(file: DataFile): FileSummary {
  const index = file.range("index")
  const episode_index = file.range("episode_index")
  return {
    path: file.entry.path,
    kind: "data",
    rows: file.rows,
    ...(index && { index }),
    ...(episode_index && { episode_index }),
    schema: schemaOf(file),
  }
}

/** The same of an episode's rows. @param isWide whether its values were read, which are compared with those of others. */
export function summaryOfEpisode({ episode, file, rows, columns }: EpisodeRows, isWide: boolean): EpisodeSummary {
  const task = columns.task_index?.[0]
  return { episode, path: file.entry.path, ...(isWide && { rows, ...(task !== undefined && { task }) }) }
}
