import type { EpisodeFacts } from "./subjects.ts"

/** Rows of the episodes table by the data file they point to, if it is one of `paths`. */
export function rowsByDataFile(episodes: EpisodeFacts, paths: ReadonlySet<string>): Map<string, number[]> {
  return byPath(episodes.rows, (row) => episodes.dataPath(row), paths)
}

/** The same by the file of one camera, in the order of their windows; without `paths` of all. */
export function rowsByVideoFile(episodes: EpisodeFacts, camera: string, paths?: ReadonlySet<string>) {
  const rows = byPath(episodes.rows, (row) => episodes.videoPath(row, camera), paths)
  const from = episodes.windows.get(camera)?.from
  if (from) for (const list of rows.values()) list.sort((a, b) => from[a]! - from[b]! || a - b)
  return rows
}

function byPath(count: number, pathOf: (row: number) => string | undefined, paths?: ReadonlySet<string>) {
  const rows = new Map<string, number[]>()
  for (let row = 0; row < count; row++) {
    const path = pathOf(row)
    if (path === undefined || paths?.has(path) === false) continue
    const list = rows.get(path)
    if (list) list.push(row)
    else rows.set(path, [row])
  }
  return rows
}

/** The first row of the episodes table with this index. */
export function rowOfEpisode({ rows, episode_index }: EpisodeFacts): (episode: number) => number | null {
  // Nearly always the row is the index.
  const others = new Map<number, number>()
  for (let row = rows - 1; row >= 0; row--) if (episode_index[row] !== row) others.set(episode_index[row]!, row)
  return (episode) => {
    const other = others.get(episode)
    if (episode_index[episode] === episode) return other === undefined ? episode : Math.min(other, episode)
    return other ?? null
  }
}
