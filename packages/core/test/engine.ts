import { randomBytes } from "node:crypto"
import { z } from "zod"
import { Dataset } from "../src/dataset/dataset.ts"
import type { JobOutcome, ShardedJob, SingleJob } from "../src/job/define.ts"
import type { Runner } from "../src/job/execute.ts"
import { jobs } from "../src/job/registry.ts"
import { Queue } from "../src/job/queue.ts"
import { Storage } from "../src/job/storage.ts"

/** A commit nobody else has. */
export const newSha = () => randomBytes(20).toString("hex")

const everywhere = { lerobot: true, rosbag: "Not this one.", hdf5: true, parquet: true, custom: true } as const

/** A dataset as an import leaves it, without asking a Hub; of the jobs that an import begins with the first alone. */
export const importDataset = (
  options: { repo_id?: string; revision?: string; format_type?: "lerobot" | "rosbag" } = {},
) =>
  Dataset.register(
    {
      repo_id: options.repo_id ?? "acme/arm",
      revision: options.revision ?? newSha(),
      requested_revision: "main",
      requested_format: "auto",
      card: { licence: null, tags: [] },
      access: { private: false, gated: false },
    },
    {
      format_type: options.format_type ?? "lerobot",
      version: "v3.0",
      reason: "because",
      import_usage: { requests: 3, bytes: 100, files: 1, paths: ["meta/info.json"] },
    },
    { metadata_extraction: { ...jobs.metadata_extraction, formats: { ...everywhere, rosbag: true } } },
  )

/** A queue that keeps what it is given; `down` makes it refuse. */
export function catchMessages() {
  const caught = {
    sent: [] as Queue.Wake[],
    down: false,
    jobs: () => caught.sent.flatMap((wake) => (wake.to === "job" && !wake.body.shard_id ? [wake.body.job_id] : [])),
    shards: () =>
      caught.sent
        .flatMap((wake) => (wake.to === "shards" ? wake.bodies : wake.to === "job" ? [wake.body] : []))
        .flatMap(({ job_id, shard_id }) => (shard_id === undefined ? [] : [{ job_id, shard_id }])),
    sweeps: () => caught.sent.flatMap((wake) => (wake.to === "sweep" ? [wake] : [])),
  }
  Queue.deliverWith(async (wake) => {
    if (caught.down) throw new Error("the queue is down")
    caught.sent.push(wake)
  })
  return caught
}

/** A bucket in memory. */
export function keepObjects() {
  const objects = new Map<string, Uint8Array>()
  Storage.storeWith({
    put: async (key, body) => void objects.set(key, body),
    removeAll: async (prefix) => {
      for (const key of objects.keys()) if (key.startsWith(prefix)) objects.delete(key)
    },
    sign: async (key, { seconds }) => `https://signed.test/${key}?seconds=${seconds}`,
  })
  return objects
}

export const harnessJob = (run: SingleJob["run"] = async () => outcome()): SingleJob => ({
  title: "Harness",
  description: "For tests.",
  version: 1,
  params: z.object({ n: z.int().default(0) }).strict(),
  formats: everywhere,
  run,
})

/** A job in parts: `parts` says how they are cut, run and put together. */
export const harnessShards = (parts: Pick<ShardedJob, "plan" | "run" | "reduce">): ShardedJob => {
  const { run: _, ...described } = harnessJob()
  return { ...described, ...parts }
}

export const outcome = (result: Record<string, unknown> = { done: true }): JobOutcome => ({
  result,
  summary: { ok: true },
  artifacts: [{ name: "out.json", media_type: "application/json", body: JSON.stringify(result) }],
})

/** Runs "in place": the body says how it goes. */
export const runWith = (body: Runner = async () => outcome()): Runner => body
