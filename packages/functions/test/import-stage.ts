import { afterAll, beforeAll, beforeEach } from "vitest"
import { resetConfig } from "../../core/src/config.ts"
import { Queue } from "../../core/src/job/queue.ts"
import { Storage } from "../../core/src/job/storage.ts"
import { useDatabase } from "../../core/test/database.ts"
import { type SampleHub, type SampleHubOptions, startSampleHub } from "../../local/src/hub/server.ts"
import { commitOf, memoryFile, repoOf } from "../../local/src/hub/test-repos.ts"

const TABLE = memoryFile("time,position\n0,1\n1,2\n")

/** A repository of one csv file, with `commits` commits and a tag on the first. */
export const plainRepo = (id: string, commits = 2) =>
  repoOf(
    id,
    Array.from({ length: commits }, (_, n) =>
      commitOf(n + 1, { "data.csv": TABLE, "README.md": memoryFile(`# ${n}`) }),
    ),
    { git_tags: { "v1.0": (1).toString(16).padStart(40, "0") } },
  )

export const source = (repo_id: string, revision = "main") => ({ type: "huggingface", repo_id, revision })

/** A real database, a real Hub over HTTP, and a queue that only takes down what it is told. */
export function openStage(options: Omit<SampleHubOptions, "repos"> & { repos: SampleHubOptions["repos"] }) {
  const stage = { woken: [] as number[], traces: [] as (string | undefined)[] } as {
    woken: number[]
    traces: (string | undefined)[]
    hub: SampleHub
    admin: ReturnType<typeof useDatabase>["admin"]
  }
  const database = useDatabase()
  beforeAll(async () => {
    stage.hub = await startSampleHub(options)
    stage.admin = database.admin
    process.env.HF_ENDPOINT = stage.hub.url
    process.env.HF_REDIRECT_HOSTS = stage.hub.cdn_url
    resetConfig()
    Queue.deliverWith(async (wake) => {
      if (wake.to !== "job") return
      stage.woken.push(wake.body.job_id)
      stage.traces.push(wake.body.traceparent)
    })
    Storage.storeWith({
      put: async () => {},
      removeAll: async () => {},
      sign: async (key, { seconds }) => `http://storage.test/${key}?seconds=${seconds}`,
    })
  })
  beforeEach(() => {
    stage.woken.length = 0
    stage.traces.length = 0
  })
  afterAll(async () => {
    Queue.deliverWith()
    Storage.storeWith()
    await stage.hub.close()
  })
  return stage
}
