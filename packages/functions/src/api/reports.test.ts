import { beforeEach, describe, expect, test } from "vitest"
import { FORMS } from "../../../core/src/check/forms.ts"
import type { Validation } from "../../../core/src/check/schema.ts"
import { Dataset } from "../../../core/src/dataset/dataset.ts"
import { memoryFiles } from "../../../core/src/files/memory.ts"
import { Caller } from "../../../core/src/access/caller.ts"
import { Job } from "../../../core/src/job/job.ts"
import { jobs } from "../../../core/src/job/registry.ts"
import { perform } from "../../../core/src/job/perform.ts"
import { buildLeRobot } from "../../../core/src/format/lerobot/builder.ts"
import { importDataset } from "../../../core/test/engine.ts"
import { treeOf } from "../../../core/test/indexing.ts"
import { call } from "../../test/contract.ts"
import { openStage } from "../../test/import-stage.ts"
import { asOperator, useOperatorKey } from "../../test/operator.ts"

const stage = openStage({ repos: [] })
const usage = { requests: 1, bytes: 2, compute_ms: 3 }
const names = Object.keys(FORMS)
const report = (name: string, job = 2) => `/api/v1/datasets/1/jobs/${job}/report.${name}`

const sound: Record<string, Uint8Array | string> = await treeOf(
  await buildLeRobot({
    version: "2.1",
    fps: 10,
    robot_type: "so101_follower",
    episodes: [{ length: 20, tasks: ["Pick"] }],
    signals: [
      { name: "action", role: "action", names: ["pan", "lift"] },
      { name: "observation.state", role: "state", names: ["pan", "lift"] },
    ],
  }),
)
const unsound = { ...sound, "meta/info.json": '{"codebase_version": "v2.1", "fps": "<script>", "features": {}}' }

/** Runs the validation there is, on the files given, as a worker does. */
async function runOn(tree: Record<string, Uint8Array | string>, params = {}, dataset_id = 1) {
  const { revision } = (await Dataset.get(dataset_id)).source
  const { job } = await Job.start(dataset_id, "validation", jobs.validation.params.parse(params))
  const lease = (await Job.claim(job.id, ["validation"]))!
  const done = await perform(
    {
      job_id: job.id,
      job_type: "validation",
      params: job.params,
      dataset: {
        id: dataset_id,
        repo_id: "acme/arm",
        revision,
        format_type: "lerobot",
        import_usage: { requests: 0, bytes: 0, files: 0, paths: [] },
      },
      card: { licence: null, tags: [] },
      time_limit_ms: 10_000,
      stage: 0,
    },
    {
      registry: jobs,
      openFiles: () => memoryFiles(tree),
      watch: { progress() {}, usage() {} },
      signal: new AbortController().signal,
    },
  )
  if (!("result" in done)) throw new Error("it was not done in one go")
  await Job.complete(lease, { result: done.result, summary: done.summary, artifacts: [], usage })
  return { job_id: job.id, validation: done.result as Validation, artifacts: done.artifacts! }
}

beforeEach(async () => {
  await importDataset()
})

describe("a finished validation", () => {
  test.each(names)("is given as report.%s, under its own type, and kept for ever", async (name) => {
    const { artifacts } = await runOn(unsound)
    const { media_type, file } = FORMS[name as keyof typeof FORMS]
    const answer = await call(report(name), { headers: { accept: media_type } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get("content-type")).toBe(`${media_type}; charset=utf-8`)
    expect(answer.headers.get("cache-control")).toBe("private, max-age=31536000, immutable")
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff")
    expect(answer.headers.get("content-disposition")).toBe(`inline; filename="${file}"`)
    const text = await answer.text()
    expect(text).toBe(artifacts.find((each) => each.name === file)!.body)
    if (["md", "junit.xml"].includes(name)) expect(text).not.toContain("<script>")
    const again = await call(report(name), { headers: { "if-none-match": answer.headers.get("etag")! } })
    expect(again.status).toBe(304)
  })

  test("is the result itself as JSON", async () => {
    const { validation } = await runOn(unsound)
    expect(validation.verdict).toBe("fail")
    expect(await (await call(report("json"))).json()).toMatchObject({ repo_id: "acme/arm", verdict: "fail" })
    const { result, result_summary } = await (await call("/api/v1/datasets/1/jobs/2")).json()
    expect(result).toEqual(validation)
    expect(result_summary).toMatchObject({ verdict: "fail", counts: { error: expect.any(Number) } })
    expect(result_summary.worst.length).toBeGreaterThan(0)
  })
})

describe("there is no report", () => {
  test.each(names)("of a job that is another, open or failed: report.%s", async (name) => {
    await Job.start(1, "validation", jobs.validation.params.parse({}))
    for (const [job, why] of [
      [1, "is no validation"],
      [2, "is not completed (queued)"],
    ] as const) {
      const answer = await call(report(name, job))
      expect(answer.status).toBe(409)
      expect(await answer.json()).toMatchObject({ code: "no_report", detail: expect.stringContaining(why) })
    }
    expect((await call(report(name, 3))).status).toBe(404)
    expect((await call(`/api/v1/datasets/2/jobs/2/report.${name}`)).status).toBe(404)
  })

  test("in a form that nobody knows", async () => {
    await runOn(sound)
    expect((await call(report("pdf"))).status).toBe(404)
  })
})

describe("the badge", () => {
  const json = async (address = "/badge/acme/arm.json") =>
    (await (await call(address)).json()) as Record<string, unknown>
  const neutral = { schemaVersion: 1, label: "RoboKit", message: "not assessed", color: "#6e7781" }
  const setAccess = (access: object) => stage.admin`update dataset set access = ${JSON.stringify(access)}::jsonb`

  test("has the newest verdict with its depth and its commit, for five minutes, for pages of others, too", async () => {
    expect(await json()).toEqual(neutral)
    await runOn(unsound)
    const answer = await call("/badge/acme/arm.svg", { headers: { accept: "image/svg+xml" } })
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "image/svg+xml; charset=utf-8",
      "cache-control": "public, max-age=300",
      "cross-origin-resource-policy": "cross-origin",
    })
    const svg = await answer.text()
    expect(svg).toMatch(
      /^<svg [^>]*role="img" aria-label="RoboKit: failed · metadata · [0-9a-f]{7}"><title>RoboKit: failed/,
    )
    await runOn(sound, { depth: "columns" })
    expect(await json()).toMatchObject({ message: expect.stringMatching(/^passed · columns/) })
  })

  test("is not moved by a look at some episodes, or one that was asked to keep quiet", async () => {
    await runOn(unsound)
    const before = await json()
    await runOn(unsound, { suppress: ["INFO-FPS"] })
    await runOn(unsound, { episodes: "0" })
    expect(await json()).toEqual(before)
  })

  test("is that of the default branch, and of its newest commit", async () => {
    await runOn(unsound)
    const before = await json()
    expect(before).toMatchObject({ message: expect.stringContaining("failed") })
    const { id } = await importDataset()
    expect(await json()).toEqual(neutral)
    await stage.admin`update dataset set requested_revision = 'v1' where id = ${id}`
    expect(await json()).toEqual(before)
  })

  test.each([
    { private: true, gated: false },
    { private: false, gated: true },
  ])("of what is not public is that of what is not known: %j", async (access) => {
    await runOn(unsound)
    await setAccess(access)
    const unknown = await call("/badge/acme/none.svg")
    const hidden = await call("/badge/acme/arm.svg")
    expect(hidden.status).toBe(unknown.status)
    expect(await hidden.text()).toBe(await unknown.text())
    expect(await json()).toEqual(neutral)
    expect(await json("/badge/--/x.json")).toEqual(neutral)
  })

  test("in another form is refused", async () => {
    expect((await call("/badge/acme/arm.png")).status).toBe(422)
  })
})

describe("with an operator's key", () => {
  useOperatorKey()
  test("a private dataset's badge is neutral to its operator, too: badges are shown to everybody", async () => {
    await Caller.as("operator", () => runOn(unsound))
    await stage.admin`update dataset set access = '{"private": true, "gated": false}'::jsonb`
    const badge = await call("/badge/acme/arm.json", { headers: asOperator })
    expect(await badge.json()).toMatchObject({ message: "not assessed" })
    expect((await call(report("sarif"), { headers: asOperator })).status).toBe(200)
    expect((await call(report("sarif"))).status).toBe(404)
  })
})

test("the schema and the rules are published", async () => {
  expect(await (await call("/schemas/validation.json")).json()).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    required: expect.arrayContaining(["verdict", "findings", "coverage"]),
  })
  const checks = await (await call("/schemas/checks.json")).json()
  expect(checks).toContainEqual(
    expect.objectContaining({ code: "INFO-FPS", format: "lerobot", family: "info.json", severity: "error" }),
  )
})
