import { schemaOf } from "./feature-columns.ts"
import type { DataFile, EpisodeRows, EpisodeSummary, EpisodeValues, FileSummary } from "./subjects.ts"

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

/** The same of an episode's rows. */
export function summaryOfEpisode(rows: EpisodeRows, values: readonly EpisodeValues[]): EpisodeSummary {
  void values
  return { episode: rows.episode, path: rows.file.entry.path, rows: rows.rows }
}
