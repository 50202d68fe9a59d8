import { sampleRepos } from "../samples/catalogue.ts"
import { SAMPLE_TOKENS, type Tokens } from "./access.ts"
import { LARGEST_QUOTA, type QuotaOptions } from "./limits.ts"
import { startSampleHub } from "./server.ts"

/** The one argument of this process, as JSON. */
export interface HubProcessOptions {
  /** Where the sample catalogue keeps what it builds. */
  data_dir: string
  hub_dir?: string
  port?: number
  cdn_port?: number
  /** Left out: `SAMPLE_TOKENS`. */
  tokens?: Tokens
  /** Left out: the largest tier there is, so that trying things out does not end in a wait. */
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
const hub = await startSampleHub({
  tokens: SAMPLE_TOKENS,
  quota: { anonymous: LARGEST_QUOTA, user: LARGEST_QUOTA },
  ...options,
  repos: sampleRepos(data_dir),
})

const stop = async () => {
  await hub.close()
  process.exit(0)
}
process.once("SIGTERM", () => void stop())
process.once("disconnect", () => void stop())
// The parent may have gone while folders were scanned.
if (process.send && !process.connected) await stop()
process.send?.({ type: "ready", url: hub.url, cdn_url: hub.cdn_url } satisfies HubReady)
