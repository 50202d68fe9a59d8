import { and, desc, eq, sql } from "drizzle-orm"
import { datasetTable } from "../dataset/dataset.sql.ts"
import { retrying, use } from "../db/database.ts"
import { jobTable } from "../job/job.sql.ts"
import type { Depth, Verdict } from "./schema.ts"
import { isOfWhole } from "./whole.ts"

/** Every repository of the Hub has this branch and no other default. */
const DEFAULT_BRANCH = "main"

const COLOURS = { pass: "#1a7f37", fail: "#cf222e", not_assessed: "#6e7781" } as const
const WORDS = { pass: "passed", fail: "failed", not_assessed: "not assessed" } as const
const LABEL = "RoboKit"

export interface Badge {
  label: string
  message: string
  colour: string
  verdict: Verdict
}

/**
 * The newest verdict on the newest imported commit of a repository's default branch. The same neutral badge for a repository
 * that is private, gated, or unknown, and for one without a verdict: whoever asks learns nothing of what is not public.
 */
export async function badgeOf(repo_id: string): Promise<Badge> {
  const [dataset] = await retrying(() =>
    use()
      .select({ id: datasetTable.id, revision: datasetTable.revision })
      .from(datasetTable)
      .where(
        and(
          eq(datasetTable.repo_id, repo_id),
          eq(datasetTable.requested_revision, DEFAULT_BRANCH),
          sql`${datasetTable.access} @> '{"private": false, "gated": false}'::jsonb`,
        ),
      )
      .orderBy(desc(datasetTable.id))
      .limit(1),
  )
  if (!dataset) return toBadge("not_assessed")
  const [job] = await retrying(() =>
    use()
      .select({ summary: jobTable.result_summary })
      .from(jobTable)
      .where(
        and(
          eq(jobTable.dataset_id, dataset.id),
          eq(jobTable.job_type, "validation"),
          eq(jobTable.status, "completed"),
          isOfWhole,
        ),
      )
      .orderBy(desc(jobTable.created_at), desc(jobTable.id))
      .limit(1),
  )
  const { verdict = "not_assessed", depth } = (job?.summary ?? {}) as { verdict?: Verdict; depth?: Depth }
  return toBadge(verdict, depth, dataset.revision)
}

function toBadge(verdict: Verdict, depth?: Depth, revision?: string): Badge {
  const at = depth && revision && verdict !== "not_assessed" ? ` · ${depth} · ${revision.slice(0, 7)}` : ""
  return { label: LABEL, message: WORDS[verdict] + at, colour: COLOURS[verdict], verdict }
}

/** What shields.io reads of an address. */
export const badgeJson = ({ label, message, colour }: Badge) => ({
  schemaVersion: 1 as const,
  label,
  message,
  color: colour,
})
