import { join } from "node:path"
import { buildFunctions } from "../packages/functions/build.ts"
import { type FunctionName, FUNCTIONS, QUEUES, queueSettings } from "../packages/functions/src/sizes.ts"
import { migrate } from "../packages/local/src/functions.ts"
import { startSampleHub } from "../packages/local/src/hub/server.ts"
import { startPostgres } from "../packages/local/src/postgres.ts"
import { startS3 } from "../packages/local/src/s3/server.ts"
import { sampleRepos } from "../packages/local/src/samples/catalogue.ts"
import { REGION, startSqs } from "../packages/local/src/sqs.ts"
import { countingProxy } from "./counting-proxy.ts"
import { type Probe, startProbe } from "./probe.ts"

const KEY = { accessKeyId: "local", secretAccessKey: "local" }
const QUOTA = { window_s: 300, api: 1_000_000, resolvers: 1_000_000, pages: 1_000_000 }

export interface Local {
  database_url: string
  api: Probe
  worker: Probe
  sweep: Probe
  /** Requests to SQS and S3 so far, by operation. */
  sqs: Record<string, number>
  s3: Record<string, number>
  stop(): Promise<void>
}

/** The stack without pollers: each function is one environment that does exactly what it is told, and all requests are counted. */
export async function startLocal(data_dir: string): Promise<Local> {
  const stops: (() => unknown)[] = []
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each()
  }
  try {
    const folder = await buildFunctions()
    const settings = { shared_preload_libraries: "pg_stat_statements" }
    const database = await startPostgres({ data_dir: join(data_dir, "pg"), settings })
    stops.push(database.stop)
    await migrate([folder, database.url])
    const sqs = await startSqs({ data_dir: join(data_dir, "sqs"), queues: QUEUES })
    stops.push(sqs.stop)
    const s3 = await startS3({ data_dir: join(data_dir, "s3"), credentials: KEY, buckets: ["artifacts"] })
    stops.push(s3.stop)
    const hub = await startSampleHub({ repos: sampleRepos(join(data_dir, "hub")), quota: QUOTA })
    stops.push(hub.close)
    const [sqsProxy, s3Proxy] = [await countingProxy(sqs.url), await countingProxy(s3.url)]
    stops.push(sqsProxy.stop, s3Proxy.stop)
    const through = (url: string) => url.replace(sqs.url, sqsProxy.url)
    const env = {
      DATABASE_URL: database.url,
      ...queueSettings((queue) => through(sqs.queue(queue).url)),
      ARTIFACT_BUCKET: "artifacts",
      HF_ENDPOINT: hub.url,
      HF_REDIRECT_HOSTS: new URL(hub.cdn_url).origin,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: KEY.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
      AWS_ENDPOINT_URL_S3: s3Proxy.url,
      AWS_ENDPOINT_URL_SQS: sqsProxy.url,
    }
    const start = async (name: FunctionName) => {
      const { handler, memory_mb } = FUNCTIONS[name]
      const probe = await startProbe(folder, handler, env, memory_mb)
      stops.push(probe.stop)
      return probe
    }
    const [api, worker, sweep] = [await start("api"), await start("worker-light"), await start("sweep")]
    return { database_url: database.url, api, worker, sweep, sqs: sqsProxy.requests, s3: s3Proxy.requests, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
