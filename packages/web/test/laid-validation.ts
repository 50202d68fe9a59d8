import type { Finding, Validation } from "@robokit/core/check/schema"
import type { DatasetInfo, DatasetStatus } from "@robokit/core/dataset/schema"
import type { JobInfo } from "@robokit/core/job/schema"
import { get, json, page } from "./portal-page.ts"

export const HOSTILE = `<img src=x onerror=alert(1)><script>alert(2)</script>`

export const finding = (over: Partial<Finding>): Finding => ({
  code: "EP-FILE-ROWS",
  severity: "error",
  kind: "defect",
  message: "It does not hold.",
  where: {},
  evidence: {},
  reference: null,
  fix: null,
  occurrences: 1,
  ...over,
})

export const counted = (findings: Finding[]) => {
  const count = (severity: string) => findings.filter((each) => each.severity === severity).length
  return { findings, counts: { error: count("error"), warning: count("warning"), info: count("info") } }
}

const FAILING = counted([
  finding({
    message: `"${HOSTILE}" has 11,204 rows where its episodes say 11,310 (and 2 more).`,
    where: { path: "data/chunk-000/file-001.parquet", episode: 3, frame: 7, episodes: [3, 8, 21] },
    evidence: { rows: 11_204, expected: 11_310, share: 0.0023726385 },
    occurrences: 3,
    places: [{ episode: 3, frame: 7 }, { episode: 8 }, { episode: 21, frame: 1 }],
    fix: "Write the file again.",
    reference: "https://github.com/huggingface/lerobot/issues/2401",
  }),
  finding({ message: "It has no rows.", where: { feature: "action" }, reference: "javascript:alert(3)" }),
  finding({ code: "TASK-PLACEHOLDER", severity: "warning", kind: "risk", message: "The task says nothing." }),
  finding({ code: "EP-LEN-OUTLIER", severity: "info", kind: "characteristic", message: "It is long." }),
])
/** Three rules of every severity, with a text that is an attack. */
export const failing = { verdict: "fail", reason: FAILING.findings[0]!.message, ...FAILING } as const

export interface Validated {
  dataset: DatasetInfo
  status: DatasetStatus
  /** The product's own validation. */
  job: JobInfo
}

export async function validationOf(dataset: DatasetInfo): Promise<Validated> {
  const status: DatasetStatus = await get(`/${dataset.id}/status`)
  const { id } = status.jobs.find(({ job_type }) => job_type === "validation")!
  return { dataset, status, job: await get(`/${dataset.id}/jobs/${id}`) }
}

/** Shows another result in place of the validation's own. */
export async function lay(
  { dataset, status, job }: Validated,
  over: Partial<Validation>,
  jobOver: Partial<JobInfo> = {},
) {
  const result = { ...(job.result as Validation), ...over }
  const { verdict, reason, depth, counts, coverage, findings } = result
  const worst = findings.slice(0, 3).map(({ code, severity, message, where }) => ({ code, severity, message, where }))
  const laid = { ...job, ...jobOver, result, result_summary: { verdict, reason, depth, counts, coverage, worst } }
  const jobs = status.jobs.map((each) => (each.id === job.id ? laid : each))
  await page.route(`**/datasets/${dataset.id}/status`, json({ ...status, jobs }))
  await page.route(`**/datasets/${dataset.id}/jobs/${job.id}`, json(laid))
}
