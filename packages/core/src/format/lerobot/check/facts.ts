import { AppError } from "../../../error.ts"
import type { FileTable } from "../../../files/file-table.ts"
import type { Files } from "../../../files/files.ts"
import type { Card } from "../../schema.ts"
import { isCamera } from "../declared-camera.ts"
import { parseInfo } from "../info.ts"
import { Notes } from "../notes.ts"
import { readAs } from "../version.ts"
import { EpisodeShards } from "./episode-shards.ts"
import { EpisodeStats, tablesFromJsonl, tablesFromParquet } from "./facts-episode-stats.ts"
import { cardFacts, README } from "./facts-card.ts"
import { EPISODES_JSONL, episodesFromJsonl, episodesFromParquet } from "./facts-episodes.ts"
import { listingFacts, readFiles } from "./facts-listing.ts"
import { taskFacts } from "./facts-tasks.ts"
import { readJsonFacts } from "./facts-text.ts"
import { isFault } from "./fault.ts"
import { recordOf } from "./stats-tables.ts"
import type { KeptStats } from "./stored-stats.ts"
import type { DatasetFacts, Part } from "./subjects.ts"

export const INFO = "meta/info.json"
export const STATS = "meta/stats.json"
const SUBTASKS = "meta/subtasks.parquet"
export const EPISODES_STATS = "meta/episodes_stats.jsonl"
const MAX_INFO = 8 * 1024 * 1024
const MAX_STATS = 64 * 1024 * 1024

export interface FactsContext {
  repo_id: string
  revision: string
  files: Files
  card: Card
  signal: AbortSignal
  progress(percent: number, message?: string): void
  /** Which parts to read; the others are `not_read`. */
  parts: ReadonlySet<Part>
  /** Files that are known already: they are the listing then, and none is asked for. */
  listed?: FileTable
  /** Whether the statistics of all episodes are going to be read, and not of some. */
  readsAllStats?: boolean
  /** What of the episodes' statistics files and values are going to be compared with, which is then kept; nothing unless said. */
  keepsStats?: KeptStats
}

interface Absence {
  reason: string
  error?: AppError
}

/**
 * Reads what rules look at before any file of data or video: the listing, and the files of meta/. A part that is missing or
 * broken is no error here: `has`, `whyNot` and `errorOf` say so. An error of the Hub is thrown.
 */
export async function readFacts(ctx: FactsContext): Promise<DatasetFacts> {
  const { files, signal, parts } = ctx
  const absent = new Map<Part, Absence>()
  const all =
    ctx.listed ??
    (await readFiles(files, signal, (count) => ctx.progress(2, `${count.toLocaleString("en")} files listed`)))
  const info = await part(absent, "info", async () => {
    const file = all.get(INFO)
    if (!file) throw new AppError("file_missing", `${INFO} is missing.`, { path: INFO })
    const { raw, text } = await readJsonFacts(files.open(file), MAX_INFO, signal)
    return { raw, text, parsed: parseInfo(raw, new Notes()) }
  })
  const cameras = (info?.parsed.features ?? []).filter((each) => isCamera(each) && each.dtype === "video")
  const keys = cameras.map(({ key }) => key)
  const listing = listingFacts(all, keys)
  const version = readAs(info?.raw ?? {}, {
    hasEpisodesTable: listing.episodeShards.length > 0 || listing.files.has("meta/tasks.parquet"),
    hasStats: listing.files.has(STATS),
    hasEpisodesStats: listing.files.has(EPISODES_STATS),
  })
  const only = async <T>(name: Part, read: () => Promise<T>) => {
    if (parts.has(name)) return part(absent, name, read)
    absent.set(name, { reason: "it was not needed at this depth" })
    return undefined
  }
  const need = <T>(value: T | undefined): T => {
    if (value !== undefined) return value
    throw new AppError("file_missing", absent.get("info")!.reason)
  }

  const shards = new EpisodeShards(files, listing.episodeShards, ctx.readsAllStats ?? false)
  const episodes = await only("episodes", async () => {
    const { parsed } = need(info)
    const jsonl = listing.files.get(EPISODES_JSONL)
    const isParquet = listing.episodeShards.length > 0 && (version.major === 3 || !jsonl)
    if (isParquet) return episodesFromParquet(shards, parsed, keys, signal)
    if (jsonl) return episodesFromJsonl(files, jsonl, parsed, signal)
    const path = version.major === 3 ? "meta/episodes/" : EPISODES_JSONL
    throw new AppError("file_missing", `There is no table of the episodes (${path}).`, { path })
  })
  const tasks = await only("tasks", async () => {
    const names =
      version.major === 3 ? ["meta/tasks.parquet", "meta/tasks.jsonl"] : ["meta/tasks.jsonl", "meta/tasks.parquet"]
    const file = names.map((name) => listing.files.get(name)).find((each) => each !== undefined)
    if (!file) throw new AppError("file_missing", `${names[0]} is missing.`, { path: names[0] })
    return taskFacts(files, file, signal)
  })
  const subtasks = await only("subtasks", async () => {
    const file = listing.files.get(SUBTASKS)
    if (!file) throw new AppError("file_missing", `${SUBTASKS} is missing.`, { path: SUBTASKS })
    return taskFacts(files, file, signal, "subtask_index")
  })
  const stats = await only("stats", async () => {
    const file = listing.files.get(STATS)
    if (!file) throw new AppError("file_missing", `${STATS} is missing.`, { path: STATS })
    const { raw, text } = await readJsonFacts(files.open(file), MAX_STATS, signal)
    return { path: STATS, text, stats: recordOf(raw) }
  })
  const episode_stats = await only("episode_stats", async () => {
    const { parsed } = need(info)
    const jsonl = listing.files.get(EPISODES_STATS)
    const isParquet =
      version.major === 3 && episodes?.columns.some((names) => names.some((name) => name.startsWith("stats/")))
    const path = version.major === 3 ? "meta/episodes/" : EPISODES_STATS
    if (!episodes || !(isParquet || (jsonl && version.major === 2))) {
      throw new AppError("file_missing", `There are no statistics of single episodes (${path}).`, { path })
    }
    const gathered = new EpisodeStats(
      isParquet ? listing.episodeShards[0]!.path : path,
      parsed,
      episodes,
      ctx.keepsStats ?? "none",
    )
    const tables = (isWanted: (source: number) => boolean) =>
      isParquet
        ? tablesFromParquet(shards, episodes, isWanted, signal)
        : tablesFromJsonl(files, jsonl!, episodes, gathered.badLines, signal)
    return { gathered, tables }
  })
  const card = await only("card", () => cardFacts(files, listing.files.get(README), signal))
  const { refs } = ctx.card
  if (!refs) absent.set("refs", { reason: "branches and tags were not looked at when the dataset was imported" })
  else if (refs.main !== ctx.revision)
    absent.set("refs", { reason: "it was not the commit of main when it was imported" })

  const broken = (name: Part): never => {
    throw new Error(`a rule looked at ${name}, which is not there, without naming it in needs`)
  }
  const facts = { info, episodes, tasks, subtasks, stats, episode_stats, card, refs }
  return {
    version,
    repo_id: ctx.repo_id,
    revision: ctx.revision,
    listing,
    get info() {
      return facts.info ?? broken("info")
    },
    get episodes() {
      return facts.episodes ?? broken("episodes")
    },
    get tasks() {
      return facts.tasks ?? broken("tasks")
    },
    get subtasks() {
      return facts.subtasks ?? broken("subtasks")
    },
    get stats() {
      return facts.stats ?? broken("stats")
    },
    get episode_stats() {
      return facts.episode_stats?.gathered ?? broken("episode_stats")
    },
    get card() {
      return facts.card ?? broken("card")
    },
    get refs() {
      return facts.refs ?? broken("refs")
    },
    async readEpisodeStats(each, isWanted = () => true) {
      if (!facts.episode_stats) return
      const { gathered, tables } = facts.episode_stats
      try {
        for await (const table of tables(isWanted)) {
          gathered.add(table)
          each(table)
        }
      } catch (error) {
        if (!isFault(error)) throw error
        gathered.error = error
      }
    },
    has: (name) => !absent.has(name),
    whyNot: (name) => absent.get(name)?.reason ?? "it is there",
    errorOf: (name) => absent.get(name)?.error,
  }
}

/** The part, or undefined once it is written down why it is not there. */
async function part<T>(absent: Map<Part, Absence>, name: Part, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (!isFault(error)) throw error
    absent.set(name, { reason: error.message, error })
    return undefined
  }
}
