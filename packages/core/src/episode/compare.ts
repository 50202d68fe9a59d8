import { isDeepStrictEqual } from "node:util"
import { and, desc, eq, inArray, sql } from "drizzle-orm"
import { compareFindings } from "../check/compare.ts"
import type { Validation } from "../check/schema.ts"
import { isOfWhole } from "../check/whole.ts"
import { datasetTable } from "../dataset/dataset.sql.ts"
import { retrying, use } from "../db/database.ts"
import type { DatasetMetadata } from "../format/schema.ts"
import { jobTable } from "../job/job.sql.ts"
import { type Indexed, indexed } from "./current.ts"
import { compareEpisodes } from "./compare-episodes.ts"
import type { Comparison } from "./comparison.ts"
import { featureTable } from "./episode.sql.ts"
import type { Feature } from "./schema.ts"

const SHOWN = 100

/**
 * What is other in the second dataset: metadata, tasks, features and episodes, by their index. Two commits of one
 * repository, mostly; any two will do.
 *
 * @throws AppError `not_found` and `not_indexed` for either.
 */
export const compare = (id: number, other_id: number): Promise<Comparison> =>
  retrying(async () => {
    const [from, to] = [await indexed(id), await indexed(other_id)]
    return {
      from: sideOf(from),
      to: sideOf(to),
      metadata: await metadataOf(from, to),
      tasks: await tasksOf(from, to),
      features: await featuresOf(from, to),
      episodes: await compareEpisodes(from, to, SHOWN),
      findings: await findingsOf(from, to),
    }
  })

const sideOf = ({ dataset_id, repo_id, revision, partial }: Indexed) => ({ id: dataset_id, repo_id, revision, partial })

/** By the newest validation of each that is of all episodes by all rules, at whatever depth: what only the deeper one looks for is not compared. */
async function findingsOf(from: Indexed, to: Indexed): Promise<Comparison["findings"]> {
  const [before, after] = [await newest(from.dataset_id), await newest(to.dataset_id)]
  return before && after ? compareFindings(before, after) : null
}

async function newest(dataset_id: number) {
  const [row] = await use()
    .select({ result: jobTable.result })
    .from(jobTable)
    .where(
      and(
        eq(jobTable.dataset_id, dataset_id),
        eq(jobTable.job_type, "validation"),
        eq(jobTable.status, "completed"),
        isOfWhole,
      ),
    )
    .orderBy(desc(jobTable.id))
    .limit(1)
  return row?.result as Validation | undefined
}

/** What was read to know it, and what other parts of the comparison tell in more detail, are left out. */
const NOT_COMPARED = new Set(["tasks", "read", "notes", "details"])

async function metadataOf(from: Indexed, to: Indexed): Promise<Comparison["metadata"]> {
  const rows = await use()
    .select({ id: datasetTable.id, metadata: datasetTable.dataset_metadata })
    .from(datasetTable)
    .where(inArray(datasetTable.id, [from.dataset_id, to.dataset_id]))
  const [a, b] = [from, to].map(({ dataset_id }) => rows.find(({ id }) => id === dataset_id)?.metadata ?? null)
  if (!a || !b) return null
  const [before, after] = [flat(a), flat(b)]
  return Object.keys({ ...before, ...after }).flatMap((field) =>
    isDeepStrictEqual(before[field], after[field])
      ? []
      : [{ field, from: before[field] ?? null, to: after[field] ?? null }],
  )
}

function flat({ files, ...metadata }: DatasetMetadata): Record<string, unknown> {
  const fields = Object.entries(metadata).filter(([field]) => !NOT_COMPARED.has(field))
  return { ...Object.fromEntries(fields), "files.count": files.count, "files.bytes": files.bytes }
}

async function tasksOf(from: Indexed, to: Indexed): Promise<Comparison["tasks"]> {
  const only = (one: Indexed, other: Indexed) => sql`select distinct task from task
    where dataset_id = ${one.dataset_id} and job_id = ${one.job_id}
    except select task from task where dataset_id = ${other.dataset_id} and job_id = ${other.job_id}`
  const listed = async (which: ReturnType<typeof sql>) =>
    use().execute<{ task: string; total: number }>(
      sql`select task, (count(*) over ())::int as total from (${which}) as t order by task limit ${SHOWN}`,
    )
  const [added, removed] = [await listed(only(to, from)), await listed(only(from, to))]
  return {
    added: added.map(({ task }) => task),
    removed: removed.map(({ task }) => task),
    added_count: added[0]?.total ?? 0,
    removed_count: removed[0]?.total ?? 0,
  }
}

async function featuresOf(from: Indexed, to: Indexed): Promise<Comparison["features"]> {
  const [before, after] = [await features(from), await features(to)]
  const names = (all: Feature[]) => new Map(all.map((feature) => [feature.name, feature]))
  const [old, now] = [names(before), names(after)]
  return {
    added: after.filter(({ name }) => !old.has(name)),
    removed: before.filter(({ name }) => !now.has(name)),
    changed: before.flatMap((feature) => {
      const other = now.get(feature.name)
      return other && !isDeepStrictEqual(feature, other) ? [{ name: feature.name, from: feature, to: other }] : []
    }),
  }
}

/** A dataset has two thousand at most. */
async function features({ dataset_id, job_id }: Indexed): Promise<Feature[]> {
  const { name, role, dtype, shape, names, unit } = featureTable
  return use()
    .select({ name, role, dtype, shape, names, unit })
    .from(featureTable)
    .where(sql`dataset_id = ${dataset_id} and job_id = ${job_id}`)
    .orderBy(featureTable.place)
}
