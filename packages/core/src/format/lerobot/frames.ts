import type { Frames, FramesRequest } from "../../episode/frames.ts"
import type { IndexContext } from "../adapter.ts"
import { Decimated } from "./decimate.ts"
import { wantedLeaves, readLeaves } from "./frame-columns.ts"
import { findRows } from "./frame-rows.ts"
import { declaredOf } from "./index-source.ts"

/**
 * The numbers of one episode, thinned out to so many points. Its rows are found by the value of their column
 * `episode_index`: where a table says they lie is where they are looked for first, and no more (lerobot#2401).
 *
 * @throws AppError `file_missing` or `dataset_malformed` when there are no rows; `too_large` beyond 96 MB.
 */
export async function readFrames(request: FramesRequest, ctx: IndexContext): Promise<Frames> {
  const { episode_index, length, data_path, points } = request
  const declared = await declaredOf(ctx)
  const found = await findRows(request, declared, ctx)
  const { info } = declared
  const rows = found.groups.reduce((sum, { hits }) => sum + hits.length, 0)
  const notes: string[] = []
  const decimated = new Decimated(rows, Math.min(points, rows))
  const leaves = wantedLeaves(found.footer, info, request.columns)

  let first = 0
  for (const { group, hits } of found.groups) {
    await readLeaves(found, group, leaves, ctx, notes, (leaf, data) => decimated.add(leaf, data, hits, first))
    first += hits.length
  }
  const { t, series } = decimated.finish(info, notes)
  if (t.every((each) => each === null)) notes.push("There are no timestamps, so the points have no time.")
  const { requests, bytes } = ctx.files.usage
  return {
    episode_index,
    fps: info.fps,
    rows,
    t,
    series,
    path: found.path,
    flags: [
      ...(data_path !== null && found.path !== data_path ? (["relocated"] as const) : []),
      ...(length !== null && length !== rows ? (["rows_differ"] as const) : []),
    ],
    notes,
    read: { requests, bytes },
  }
}
