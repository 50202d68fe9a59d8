import type { EpisodeFacts } from "./subjects.ts"

/** Rows of the episodes table by the data file they point to. */
export function rowsByDataFile(episodes: EpisodeFacts): Map<string, number[]> {
  return byPath(episodes.rows, (row) => episodes.dataPath(row))
}

const videoMaps = new WeakMap<EpisodeFacts, Map<string, Map<string, number[]>>>()

/** The same by the file of one camera, in the order of their windows. */
export function rowsByVideoFile(episodes: EpisodeFacts, camera: string): Map<string, number[]> {
  const cameras = videoMaps.get(episodes) ?? new Map<string, Map<string, number[]>>()
  videoMaps.set(episodes, cameras)
  const known = cameras.get(camera)
  if (known) return known
  const rows = byPath(episodes.rows, (row) => episodes.videoPath(row, camera))
  const from = episodes.windows.get(camera)?.from
  if (from) for (const list of rows.values()) list.sort((a, b) => from[a]! - from[b]! || a - b)
  cameras.set(camera, rows)
  return rows
}

function byPath(count: number, pathOf: (row: number) => string | undefined) {
  const rows = new Map<string, number[]>()
  for (let row = 0; row < count; row++) {
    const path = pathOf(row)
    if (path === undefined) continue
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
