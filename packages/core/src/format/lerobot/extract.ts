import { AppError } from "../../error.ts"
import type { ExtractContext } from "../adapter.ts"
import type { DatasetMetadata } from "../schema.ts"
import { completeCameras, noteCoverage } from "./cameras.ts"
import { declaredCamera, isCamera, type DeclaredCamera } from "./declared-camera.ts"
import { detailsOf, fitted } from "./details.ts"
import { absentImages } from "./image-columns.ts"
import { parseInfo, readInfoJson, type Info } from "./info.ts"
import { readListing, type Listing } from "./listing.ts"
import { Notes, plural, shown } from "./notes.ts"
import { signalsOf } from "./signals.ts"
import { readEpisodes, type EpisodesRead } from "./episodes.ts"
import { readTasks, type Tasks } from "./tasks.ts"
import { isRecord, storable } from "./text.ts"
import { readAs, type ReadAs } from "./version.ts"

const INFO = "meta/info.json"
const JSONL = "meta/episodes.jsonl"
/** LeRobot's own default, for what a file lies in when the size of a chunk is not stated. */
const DEFAULT_CHUNKS_SIZE = 1000

/** Everything `metadata_extraction` says of a LeRobot dataset: info.json, the tables of `meta/`, the listing; no data, no frame. */
export async function extract(ctx: ExtractContext): Promise<DatasetMetadata> {
  const notes = new Notes()
  const info = await readInfo(ctx, notes)
  ctx.progress(5, "Read info.json")
  const cameras = info.features.filter(isCamera).map((feature) => declaredCamera(feature, info, notes))
  const { major } = readAs(info.raw, { hasEpisodesTable: false, hasStats: false, hasEpisodesStats: false })
  const listing = await readListing(ctx.files, {
    major,
    cameraKeys: cameras.map(({ key }) => key),
    dataPath: info.data_path,
    chunksSize: info.chunks_size ?? DEFAULT_CHUNKS_SIZE,
    signal: ctx.signal,
    onProgress: (count) => ctx.progress(10 + Math.min(30, count / 30_000), `${plural(count, "file")} listed`),
  })
  ctx.progress(40, "Listed the files")
  const version = versionRead(info, listing, notes)
  const episodes = await readEpisodes(ctx, { info, listing, cameras, version, notes })
  ctx.progress(75, "Read the episodes")
  const tasks = await tasksOf(ctx, listing, version, info, notes)
  ctx.progress(85, "Read the tasks")

  const counts = countsOf(info, episodes, tasks, notes)
  const absent = await absentImages(ctx, cameras, listing.firstData, notes)
  const episodesOf = (camera: DeclaredCamera) => (absent.has(camera.key) ? 0 : episodes.ofCamera(camera))
  const complete = await completeCameras(cameras, listing.cameras, episodesOf, { ...ctx, fps: info.fps, notes })
  for (const [at, camera] of complete.entries()) {
    if (!absent.has(camera.name)) noteCoverage(camera, cameras[at]!.isVideo, counts.episode_count, notes)
  }
  noteFiles(listing, version, episodes, counts.episode_count, notes)
  noteSplits(info, counts.episode_count, notes)
  if (info.fps === null) notes.add("The frame rate is not known, so the duration is not either.")
  if (ctx.card.licence === null) notes.add("The dataset's card states no licence.")
  ctx.progress(95, "Done reading")

  return fitted(
    storable({
      format: "lerobot",
      format_version: version.name,
      robot_type: info.robot_type,
      ...counts,
      duration_s: counts.frame_count === null || info.fps === null ? null : counts.frame_count / info.fps,
      fps: info.fps,
      cameras: complete,
      ...signalsOf(info.features),
      tasks: tasks.tasks,
      files: listing.tally.toInfo(),
      licence: ctx.card.licence,
      tags: ctx.card.tags,
      read: { ...ctx.files.usage },
      notes: notes.toList(),
      details: detailsOf(info, listing, episodes, cameras),
    }),
  )
}

async function readInfo(ctx: ExtractContext, notes: Notes): Promise<Info> {
  const file = (await ctx.files.stat([INFO])).get(INFO)
  if (!file) throw new AppError("file_missing", `${INFO} is missing.`, { path: INFO })
  const raw = await readInfoJson(ctx.files.open(file), notes, ctx.signal)
  return parseInfo(raw, notes)
}

function versionRead(info: Info, { meta, shardCount }: Listing, notes: Notes): ReadAs {
  const version = readAs(info.raw, {
    hasEpisodesTable: shardCount > 0 || meta.has("meta/tasks.parquet"),
    hasStats: meta.has("meta/stats.json"),
    hasEpisodesStats: meta.has("meta/episodes_stats.jsonl"),
  })
  const written = info.version?.written
  if (info.version?.key !== "codebase_version") {
    notes.add(`info.json has no codebase_version; ${version.because}, so it was read as ${version.name}.`)
  } else if (written !== version.name) {
    notes.add(`info.json says codebase_version ${shown(written)}; it was read as ${version.name}.`)
  }
  return version
}

async function tasksOf(
  ctx: ExtractContext,
  { meta }: Listing,
  version: ReadAs,
  info: Info,
  notes: Notes,
): Promise<Tasks> {
  const names = ["meta/tasks.parquet", "meta/tasks.jsonl"]
  if (version.major === 2) names.reverse()
  const file = names.map((name) => meta.get(name)).find((each) => each !== undefined)
  if (!file) {
    notes.add(declaredOnly("task_count", info.total_tasks, `${names[0]} is missing`))
    return { tasks: [], task_count: info.total_tasks }
  }
  if (file.path !== names[0]) notes.add(`${names[0]} is missing; the tasks come from ${file.path}.`)
  const tasks = await readTasks(ctx.files, file, notes, ctx.signal)
  if (tasks.task_count === null) {
    notes.add(declaredOnly("task_count", info.total_tasks, `${file.path} cannot be read`))
    return { tasks: [], task_count: info.total_tasks }
  }
  if (info.total_tasks !== null && info.total_tasks !== tasks.task_count) {
    notes.add(`info.json declares total_tasks ${info.total_tasks}, ${file.path} lists ${tasks.task_count}.`)
  }
  if (meta.has("meta/modality.json") && tasks.tasks.some(({ task }) => task === "valid")) {
    notes.add(
      'The task "valid" is a mark of GR00T\'s annotations and no instruction; it is listed and counted as the table has it.',
    )
  }
  return tasks
}

/** Counted beats declared. Without a table the declared figures are given, and said to be no more than that. */
function countsOf(info: Info, episodes: EpisodesRead, tasks: Tasks, notes: Notes) {
  const { total_episodes, total_frames } = info
  if (episodes.table === null) {
    notes.add(declaredOnly("episode_count", total_episodes, episodes.reason))
    notes.add(declaredOnly("frame_count", total_frames, episodes.reason))
    return { episode_count: total_episodes, frame_count: total_frames, task_count: tasks.task_count }
  }
  const { count, frames } = episodes.table
  if (total_episodes !== null && total_episodes !== count) {
    notes.add(
      `info.json declares total_episodes ${total_episodes}, ${episodes.source} lists ${count}; the counted ${count} is given.`,
    )
  }
  if (frames === null) {
    notes.add(declaredOnly("frame_count", total_frames, `${episodes.source} does not state every length`))
  } else if (total_frames !== null && total_frames !== frames) {
    notes.add(
      `info.json declares total_frames ${total_frames}, the lengths in ${episodes.source} add up to ${frames}; the counted ${frames} is given.`,
    )
  }
  return { episode_count: count, frame_count: frames ?? total_frames, task_count: tasks.task_count }
}

const declaredOnly = (name: string, value: number | null, why: string) =>
  value === null
    ? `${name} is not known: ${why}, and info.json declares no usable figure.`
    : `${name} ${value} is declared in info.json, not counted: ${why}.`

/** LeRobot never reads splits, so they go stale: `{"train": "0:100"}` with 5 episodes. */
function noteSplits({ raw }: Info, episodeCount: number | null, notes: Notes) {
  if (!isRecord(raw["splits"]) || episodeCount === null) return
  for (const [name, range] of Object.entries(raw["splits"]).slice(0, 20)) {
    const end = typeof range === "string" ? /^\d+:(\d+)$/.exec(range)?.[1] : undefined
    if (end !== undefined && Number(end) > episodeCount) {
      notes.add(
        `info.json declares the split ${shown(name)} as ${shown(range)}, but there are ${plural(episodeCount, "episode")}.`,
      )
    }
  }
}

/** Contradictions between the listing and the tables that cost nothing to see. */
function noteFiles(
  listing: Listing,
  version: ReadAs,
  episodes: EpisodesRead,
  episodeCount: number | null,
  notes: Notes,
) {
  const { pointerVideos, foreignVideos, leftovers, misplaced, dataFiles } = listing
  if (foreignVideos.count) {
    notes.add(
      `${plural(foreignVideos.count, "video file")} of no declared camera (first: ${foreignVideos.first!.path}).`,
    )
  }
  if (pointerVideos.count) {
    notes.add(
      `${plural(pointerVideos.count, "video file")} ${pointerVideos.count === 1 ? "is" : "are"} empty or no longer than a Git LFS pointer (first: ${pointerVideos.first!.path}); they count as missing.`,
    )
  }
  if (leftovers.count && episodes.source !== JSONL) {
    notes.add(
      `${plural(leftovers.count, "data file")} ${leftovers.count === 1 ? "is" : "are"} named by episode as in version 2 (first: ${leftovers.first!.path}); LeRobot loads every table in data/, so their frames are loaded beside the others.`,
    )
  }
  if (misplaced.count && misplaced.example) {
    notes.add(
      `${plural(misplaced.count, "data file")} ${misplaced.count === 1 ? "is" : "are"} not where data_path puts them: ${misplaced.example.path} should be ${misplaced.example.expected}.`,
    )
  }
  if (dataFiles === 0) return notes.add("There is no data file (data/**.parquet) in the repository.")
  if (version.major === 2 && episodes.table && listing.dataEpisodes.count > 0) {
    const missing = episodes.table.indices.filter((index) => !listing.dataEpisodes.has(index))
    if (missing.length)
      notes.add(
        `${plural(missing.length, "episode")} of ${episodeCount} ${missing.length === 1 ? "has" : "have"} no data file (first: episode ${missing[0]}).`,
      )
    const extra = listing.dataEpisodes.count - (episodes.table.count - missing.length)
    if (extra > 0) notes.add(`${plural(extra, "data file")} belong${extra === 1 ? "s" : ""} to no listed episode.`)
  }
}
