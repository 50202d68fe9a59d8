import type { Tokens } from "./access.ts"
import { LARGEST_QUOTA, type QuotaOptions } from "./limits.ts"
import { startSampleHub } from "./server.ts"
import type { SampleRepo } from "./repo.ts"

/** The one argument of this process, as JSON. */
export interface HubProcessOptions {
  /** Where the sample catalogue keeps what it builds. */
  data_dir: string
  hub_dir?: string
  port?: number
  cdn_port?: number
  tokens?: Tokens
  quota?: QuotaOptions
  url_ttl_s?: number
}

/** Sent once, over IPC, when both ports listen. */
export interface HubReady {
  type: "ready"
  url: string
  cdn_url: string
}

const { data_dir, ...options } = JSON.parse(process.argv[2] ?? "{}") as HubProcessOptions
// Named at run time only: the catalogue's builders are no part of the server.
const { sampleRepos } = (await import("../samples/catalogue.ts")) as {
  sampleRepos(data_dir: string): SampleRepo[] | Promise<SampleRepo[]>
}
const hub = await startSampleHub({
  quota: { anonymous: LARGEST_QUOTA, user: LARGEST_QUOTA },
  ...options,
  repos: await sampleRepos(data_dir),
})

const stop = async () => {
  await hub.close()
  process.exit(0)
}
process.once("SIGTERM", () => void stop())
process.once("disconnect", () => void stop())
process.send?.({ type: "ready", url: hub.url, cdn_url: hub.cdn_url } satisfies HubReady)
