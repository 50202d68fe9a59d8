import { and, eq, inArray, lt, type Placeholder, type SQL } from "drizzle-orm"
import { use } from "../db/database.ts"
import { AppError } from "../error.ts"
import { costWithShards, ended } from "./ending.ts"
import type { JobRow } from "./info.ts"
import { jobTable } from "./job.sql.ts"

const SUPERSEDED = new AppError("job_superseded", "The same job was started in a newer version of its type.", {
  user_action: "Look at the newer job of this dataset.",
})

type Field = "dataset_id" | "job_type" | "params_hash" | "job_version"
type Key = { [Name in Field]: JobRow[Name] | Placeholder }

/**
 * Ends what is open of the same job in an older version, at once and in the transaction that opened the newer one: whoever
 * works on it finds at its next write that it is nobody's. Called after the newer row is there: to insert it locks the
 * dataset before its jobs, as a deletion does.
 */
export const supersede = ({ dataset_id, job_type, params_hash, job_version }: Key, condition?: SQL) =>
  use()
    .update(jobTable)
    .set({ ...ended(SUPERSEDED, "cancelled"), usage: costWithShards })
    .where(
      and(
        eq(jobTable.dataset_id, dataset_id),
        eq(jobTable.job_type, job_type),
        eq(jobTable.params_hash, params_hash),
        inArray(jobTable.status, ["pending", "running"]),
        lt(jobTable.job_version, job_version),
        condition,
      ),
    )
