import { writeParquet } from "../../../parquet/write.ts"
import { pandasMetadata } from "../../../parquet/write-metadata.ts"
import { leavesOf } from "../../../parquet/leaves.ts"
import { isWhole } from "./episodes.ts"
import { misplacedEpisodes } from "./misplaced.ts"
import type { Whole } from "./subjects.ts"

/** A file that mends one thing and leaves the rest as it is. */
export interface Repair {
  /** Where it lies among the job's artefacts; below `repair/` the path is the one it replaces in the repository. */
  name: string
  media_type: string
  body: string | Uint8Array
  /** What it changes, in a sentence. */
  what: string
}

/** Codes that a repair answers; without them nothing is repaired. */
const OF_INFO = ["INFO-TOTAL-EP", "INFO-TOTAL-FRAMES", "INFO-TOTAL-TASKS", "INFO-SPLITS"]

/**
 * What can be mended without touching a frame: the counts of info.json, the file pointers of episodes (lerobot#2401), the order
 * of the tasks. Only what the data itself proves; nothing is guessed.
 */
export function repairs(whole: Whole, codes: ReadonlySet<string>): Repair[] {
  const { facts } = whole
  return [
    ...(OF_INFO.some((code) => codes.has(code)) ? repairInfo(whole) : []),
    ...(codes.has("EP-FILE-INDEX") && facts.version.major === 3 ? repairPointers(whole) : []),
    ...(codes.has("TASK-ROW-ORDER") ? repairTasks(whole) : []),
  ]
}

function repairInfo({ facts }: Whole): Repair[] {
  const { info } = facts
  // Tokens that are no JSON, or an encoding we guessed, would not come back as they were.
  if (info.text.hasTokens || !info.text.isUtf8 || !facts.has("episodes") || !isWhole(facts.episodes)) return []
  const { episodes } = facts
  const total_frames = episodes.length.reduce((sum, length) => sum + length, 0)
  if (!Number.isSafeInteger(total_frames)) return []
  const fixed: Record<string, unknown> = {
    ...info.raw,
    total_episodes: episodes.rows,
    total_frames,
    ...(facts.has("tasks") && { total_tasks: facts.tasks.rows.length }),
    ...(info.raw["splits"] !== undefined && { splits: { train: `0:${episodes.rows}` } }),
  }
  const changed = Object.keys(fixed).filter((key) => JSON.stringify(fixed[key]) !== JSON.stringify(info.raw[key]))
  if (changed.length === 0) return []
  return [
    {
      name: "repair/meta/info.json",
      media_type: "application/json",
      body: `${JSON.stringify(fixed, null, 4)}\n`,
      what: `Sets ${changed.join(", ")} to what the tables hold.`,
    },
  ]
}

function repairPointers(whole: Whole): Repair[] {
  const lines: string[] = []
  for (const { episode, actual } of misplacedEpisodes(whole)) {
    const place = /chunk-(\d+)\/file-(\d+)\.parquet$/.exec(actual)
    if (place) lines.push(`${episode},${Number(place[1])},${Number(place[2])}`)
  }
  if (lines.length === 0) return []
  return [
    {
      name: "repair/data-file-index.csv",
      media_type: "text/csv",
      body: `episode_index,data/chunk_index,data/file_index\n${lines.join("\n")}\n`,
      what: `The true data file of ${lines.length} episodes.`,
    },
    {
      name: "repair/apply.py",
      media_type: "text/x-python",
      body: APPLY,
      what: "Writes the table above into meta/episodes of a local copy: python apply.py <folder of the dataset>.",
    },
  ]
}

const APPLY = `"""Writes data-file-index.csv into meta/episodes of a local LeRobot 3.0 dataset. Nothing else is changed.

Usage: python apply.py <folder of the dataset>   (needs pyarrow; the csv lies beside this file)
"""
import csv, pathlib, sys
import pyarrow as pa, pyarrow.parquet as pq

KEYS = ("data/chunk_index", "data/file_index")
root = pathlib.Path(sys.argv[1])
with open(pathlib.Path(__file__).with_name("data-file-index.csv")) as file:
    fixes = {int(row["episode_index"]): row for row in csv.DictReader(file)}
done = 0
for path in sorted(root.glob("meta/episodes/*/*.parquet")):
    file = pq.ParquetFile(path)
    groups = [file.read_row_group(at) for at in range(file.num_row_groups)]
    schema, touched = file.schema_arrow, 0
    for at, group in enumerate(groups):
        episodes = group["episode_index"].to_pylist()
        for key in KEYS:
            values = group[key].to_pylist()
            for row, episode in enumerate(episodes):
                if episode in fixes:
                    values[row] = int(fixes[episode][key])
                    touched += key == KEYS[0]
            column = schema.get_field_index(key)
            group = group.set_column(column, schema.field(column), pa.array(values, schema.field(column).type))
        groups[at] = group
    file.close()
    if touched:
        with pq.ParquetWriter(path, schema) as writer:
            for group in groups:
                writer.write_table(group, row_group_size=max(1, group.num_rows))
        done += touched
print(f"{done} of {len(fixes)} episodes corrected")
`

function repairTasks({ facts: { tasks } }: Whole): Repair[] {
  const { footer, textColumn } = tasks
  const columns = footer && leavesOf(footer.schema).map(({ path }) => path.join("/"))
  // Columns we do not know would be lost.
  if (textColumn === null || columns?.length !== 2 || tasks.rows.some(({ task }) => task === null)) return []
  const sorted = [...tasks.rows].sort((a, b) => a.task_index! - b.task_index!)
  const written = [
    { name: "task_index", type: "int64" as const, data: sorted.map(({ task_index }) => task_index) },
    { name: textColumn, type: "string" as const, data: sorted.map(({ task }) => task) },
  ]
  return [
    {
      name: `repair/${tasks.path}`,
      media_type: "application/vnd.apache.parquet",
      body: writeParquet({ columns: written, metadata: { pandas: pandasMetadata(written, textColumn) } }),
      what: "The tasks in the order of their numbers.",
    },
  ]
}
