import { eq, sql } from "drizzle-orm"
import { datasetTable } from "../dataset/dataset.sql.ts"
import { built, use } from "../db/database.ts"
import { mustFit, takeTurn, today } from "../usage/budget.ts"
import { quote } from "../usage/quote.ts"
import { Cached } from "./cached.ts"
import type { JobDefinition } from "./define.ts"
import { infoColumns } from "./info.ts"
import { jobTable } from "./job.sql.ts"
import { Outbox } from "./outbox.ts"
import { supersede } from "./supersede.ts"

type DatasetOfJob = Pick<typeof datasetTable.$inferSelect, "id" | "tenant_id" | "format_type" | "listing">

/**
 * Inserts the job, its reservation and its wake-up call, and ends what is open of an older version: one statement. Undefined
 * when the same job is open already.
 *
 * @throws AppError `budget_exceeded`, which must take the transaction with it.
 */
export async function insert(dataset: DatasetOfJob, wanted: Cached.Wanted, definition: JobDefinition) {
  const { micros: reserved_micros, ...quoted } = quote(definition, dataset, wanted.params)
  const { id: dataset_id, tenant_id } = dataset
  const row = { ...wanted, ...quoted, reserved_micros, dataset_id, tenant_id }
  await takeTurn()
  const [inserted] = await inserting().execute({ ...row, message: Outbox.bodyNow() })
  if (!inserted) return undefined
  await mustFit(inserted.job)
  await Outbox.afterwards(inserted.message)
  return inserted.job
}

const inserting = built(() => {
  const key = { ...Cached.asked, dataset_id: sql.placeholder("dataset_id") }
  const isIt = eq(datasetTable.id, key.dataset_id)
  // The parts wait for one another, so that the dataset is locked before any job, as a deletion does.
  const held = use()
    .$with("held")
    .as(use().select({ id: datasetTable.id }).from(datasetTable).where(isIt).for("key share"))
  const created = use()
    .$with("created")
    .as(
      use()
        .insert(jobTable)
        .values({
          ...key,
          dataset_id: sql`(select id from held)`,
          tenant_id: sql.placeholder("tenant_id"),
          params: sql.placeholder("params"),
          estimate: sql.placeholder("estimate"),
          size_class: sql.placeholder("size_class"),
          reserved_micros: sql.placeholder("reserved_micros"),
          reserved_on: today(),
        })
        .onConflictDoNothing()
        .returning(),
    )
  const superseded = use()
    .$with("superseded")
    .as(supersede(key, sql`exists(select from created)`))
  const woken = Outbox.waking(created, sql.placeholder("message"))
  return (
    use()
      .with(held, created, superseded, woken)
      .select({ job: infoColumns, message: { id: woken.id, body: woken.body } })
      // Named as the table is, for the columns of its readers.
      .from(use().select().from(created).as("job"))
      .crossJoin(woken)
      .prepare("insert job")
  )
})
