import { beforeEach, expect, test } from "vitest"
import { useDatabase } from "../../test/database.ts"
import { catchMessages, importDataset, newSha } from "../../test/engine.ts"

const database = useDatabase()
let sha: string
beforeEach(async () => {
  catchMessages()
  sha = newSha()
  await importDataset({ repo_id: "acme/arm", revision: sha })
})

const dataset = (values: Record<string, unknown>) => {
  const row = {
    repo_id: "acme/arm",
    revision: newSha(),
    requested_revision: "main",
    format_type: "lerobot",
    requested_format: "auto",
    card: {},
    access: {},
    import_usage: {},
    ...values,
  }
  return database.admin`insert into dataset ${database.admin(row as never)}`
}
const job = (values: Record<string, unknown>) => {
  const row = { dataset_id: 1, job_type: "other", job_version: 1, params: {}, params_hash: "a".repeat(64), ...values }
  return database.admin`insert into job ${database.admin(row as never)}`
}
const update = (set: string) => database.admin.unsafe(`update job set ${set} where id = 1`)
const RUNNING = `status = 'running', state_detail = 'running', started_at = now(),
  lease_token = gen_random_uuid(), lease_until = now()`
const FAILED = `status = 'failed', state_detail = 'failed', completed_at = now(), error_code = 'x'`

const COMPLETED = {
  status: "completed",
  state_detail: "completed",
  progress: 100,
  result: {},
  completed_at: new Date(),
  reserved_on: "2026-11-26",
}

test("rows as the code writes them are taken", async () => {
  await dataset({})
  await job({})
  await update(RUNNING)
  await update(`${FAILED}, error = '{"detail": "x"}', lease_token = null, lease_until = null`)
})

test.each<[string, () => Promise<unknown>, string]>([
  ["a second row for the same source, commit and format", () => dataset({ revision: sha }), "dataset_source_key"],
  ["a branch where a commit belongs", () => dataset({ revision: "main" }), "dataset_revision_check"],
  [
    "a commit in capitals",
    () => dataset({ revision: newSha().toUpperCase().replace(/\d/, "A") }),
    "dataset_revision_check",
  ],
  ["an unknown format", () => dataset({ format_type: "auto" }), "dataset_format_type_check"],
  ["an unknown wish", () => dataset({ requested_format: "zarr" }), "dataset_requested_format_check"],
  ["an unknown source", () => dataset({ source_type: "ftp" }), "dataset_source_type_check"],
  ["a name of no length", () => dataset({ repo_id: "" }), "dataset_repo_id_check"],
  ["a wish of no length", () => dataset({ requested_revision: "" }), "dataset_requested_revision_check"],
  ["a job of no dataset", () => job({ dataset_id: 99 }), "job_dataset_id_dataset_id_fk"],
  ["a second open job of the same key", async () => (await job({}), job({})), "job_active_key"],
  ["a job type that is no word", () => job({ job_type: "Drop table" }), "job_type_check"],
  ["a hash that is none", () => job({ params_hash: "abc" }), "job_params_hash_check"],
  ["a fifth status", () => update("status = 'cancelled', reserved_micros = 0"), "job_state_check"],
  ["a state detail of another status", () => update("state_detail = 'running'"), "job_state_check"],
  ["less than no progress", () => update("progress = -1"), "job_progress_check"],
  ["more than all progress", () => update("progress = 101"), "job_progress_check"],
  ["full progress before the end", () => update("progress = 100"), "job_full_progress_check"],
  ["a ninth try", () => update("tries = 9"), "job_counts_check"],
  ["a fourth crash", () => update("crashes = 4"), "job_crashes_check"],
  ["running without a start", () => update(RUNNING.replace("started_at = now(),", "")), "job_started_check"],
  ["running without a lease", () => update(RUNNING.replace("gen_random_uuid()", "null")), "job_lease_check"],
  ["a lease on a job that does not run", () => update("lease_token = gen_random_uuid()"), "job_lease_check"],
  [
    "an end without a time",
    () => update(`${FAILED}, error = '{}', completed_at = null`.replace("completed_at = now(), ", "")),
    "job_completed_check",
  ],
  ["a time without an end", () => update("completed_at = now()"), "job_completed_check"],
  ["a result of an open job", () => update("result = '{}'"), "job_result_check"],
  [
    "success without a result",
    () => update("status = 'completed', state_detail = 'completed', progress = 100, completed_at = now()"),
    "job_result_check",
  ],
  ["a failure without a reason", () => update(FAILED), "job_error_check"],
  ["a reason without a failure", () => update("error_code = 'x'"), "job_error_check"],
  [
    "an endless sentence",
    () => update(`${FAILED}, error = jsonb_build_object('detail', repeat('x', 4097))`),
    "job_error_size_check",
  ],
  ["less than nothing reserved", () => update("reserved_micros = -1"), "job_reserved_check"],
  ["a reservation of no day", () => update("reserved_on = null"), "job_reserved_check"],
  ["a reservation that is made after the end", () => job({ ...COMPLETED, reserved_micros: 1 }), "job_reserved_check"],
  ["a debt that is made after the end", () => job({ ...COMPLETED, due_micros: 1 }), "job_due_check"],
  ["a negative debt", () => update("due_micros = -1"), "job_due_check"],
  [
    "a part of nothing",
    () => update(`${FAILED}, error = '{"detail": "x"}', partial = '{"done": 1}'`),
    "job_partial_check",
  ],
  ["an unknown size", () => update("size_class = 'huge'"), "job_size_class_check"],
  ["a second switch", () => database.admin`insert into halt (id, reason) values (2, 'x')`, "halt_single_check"],
  ["a switch without a reason", () => database.admin`insert into halt (reason) values ('')`, "halt_reason_check"],
  ["an endless message", () => update("message = repeat('x', 1025)"), "job_message_size_check"],
  [
    "an endless summary",
    () => update("result_summary = jsonb_build_object('x', repeat('x', 70000))"),
    "job_summary_size_check",
  ],
  [
    "an unknown errand",
    () => database.admin`insert into outbox (kind, body) values ('mail', '{}')`,
    "outbox_kind_check",
  ],
  [
    "a second sweep row",
    () => database.admin`insert into sweep (id, armed_until) values (2, now())`,
    "sweep_single_check",
  ],
  [
    "an idempotency key twice",
    () => database.admin`insert into idempotency_key (endpoint, key, fingerprint, running_until)
      values ('POST /x', 'k', 'f', now()), ('POST /x', 'k', 'g', now())`,
    "idempotency_key_key",
  ],
])("the schema itself refuses %s", async (_, violate, constraint) => {
  await expect(violate()).rejects.toMatchObject({ constraint_name: constraint })
})

test("deleting a dataset takes its jobs with it", async () => {
  await database.admin`delete from dataset where id = 1`
  expect(await database.admin`select id from job`).toHaveLength(0)
})
