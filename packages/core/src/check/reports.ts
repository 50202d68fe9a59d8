import { Dataset } from "../dataset/dataset.ts"
import { AppError } from "../error.ts"
import { adapterOf } from "../format/registry.ts"
import { Job } from "../job/job.ts"
import { type FormName, FORMS } from "./forms.ts"
import { Validation } from "./schema.ts"

export * as Reports from "./reports.ts"

/**
 * A finished validation in one of its forms.
 *
 * @throws AppError `not_found`; `no_report` for a job that is no validation, or has no result.
 */
export async function of(dataset_id: number, job_id: number, name: FormName): Promise<string> {
  const job = await Job.get(dataset_id, job_id)
  if (job.job_type !== "validation") {
    throw new AppError("no_report", `Job ${job_id} is no validation: only a validation has reports.`)
  }
  if (job.status !== "completed") {
    throw new AppError(
      "no_report",
      `Job ${job_id} is not completed (${job.state_detail}), so there is nothing to report.`,
      {
        user_action: "Wait until its status is completed; start it again when it has failed.",
      },
    )
  }
  const {
    source: { repo_id, revision },
    format_type,
  } = await Dataset.get(dataset_id)
  const rules = (await adapterOf(format_type).rules?.()) ?? {}
  return FORMS[name].write(Validation.parse(job.result), { repo_id, revision }, rules)
}
