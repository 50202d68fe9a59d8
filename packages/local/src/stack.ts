import { join } from "node:path"
import { SQSClient } from "@aws-sdk/client-sqs"
import { Config } from "@robokit/core/config"
import { HUB_FILES } from "@robokit/functions/origin"
import { MAPPINGS, QUEUES, queueSettings } from "@robokit/functions/sizes"
import { buildFunctions } from "@robokit/functions/build"
import { buildPortal } from "./build-portal.ts"
import { concurrencyOf, makeFunctions, migrate } from "./functions.ts"
import { startHub } from "./hub-process.ts"
import { serve } from "./http-server.ts"
import { functionUrl } from "./lambda/http.ts"
import { isStopped } from "./lambda/protocol.ts"
import { type Poller, pollQueue } from "./lambda/queue-poller.ts"
import { type StartOptions, UsageError } from "./options.ts"
import { portal } from "./portal.ts"
import { startPostgres } from "./postgres.ts"
import { startS3 } from "./s3/server.ts"
import { REGION, startSqs } from "./sqs.ts"

/** Where each part is looked for first; the next free one when taken. */
const PORTS = { postgres: 5433, sqs: 9324, s3: 9000 }
const HUB_PORTS = { port: 7860, cdn_port: 7861 }
const BUCKET = "artifacts"
const KEY = { accessKeyId: "local", secretAccessKey: "local" }

export interface Line {
  name: string
  url: string
  note?: string | undefined
}

export interface Stack {
  lines: Line[]
  stop(): Promise<void>
}

interface Part {
  stop(): Promise<void>
}

/** Starts everything and returns when the first page can be served. What had started is stopped again when a part fails. */
export async function startStack(options: StartOptions, say: (line: string) => void): Promise<Stack> {
  const running: Part[] = []
  // Parts of the product stop before what they stand on.
  const stop = async () => {
    for (const part of running.splice(0).reverse()) await part.stop()
  }
  const keep = async <T extends Part>(starting: T | Promise<T>): Promise<T> => {
    const part = await starting
    running.push(part)
    return part
  }
  try {
    return { lines: await start(options, say, keep), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function start(
  options: StartOptions,
  say: (line: string) => void,
  keep: <T extends Part>(starting: T | Promise<T>) => Promise<T>,
): Promise<Line[]> {
  const at = (name: string) => join(options.data_dir, name)
  const onCreate = () => say("Creating the database …")
  const { DATABASE_URL, HF_ENDPOINT } = process.env
  const database_url = DATABASE_URL
    ? Promise.resolve(DATABASE_URL)
    : keep(startPostgres({ data_dir: at("pg"), port: PORTS.postgres, onCreate })).then((each) => each.url)
  const bundles = buildFunctions(undefined, () => say("Bundling the functions …"))
  const [url, bundle_folder, , sqs, s3, hub, portal_folder] = await all([
    database_url,
    bundles,
    Promise.all([bundles, database_url])
      .then(migrate)
      .catch((error: unknown) => {
        throw DATABASE_URL && isUnreachable(error) ? unreachable(DATABASE_URL, error) : error
      }),
    keep(startSqs({ data_dir: at("sqs"), port: PORTS.sqs, queues: QUEUES })),
    keep(startS3({ data_dir: at("s3"), port: PORTS.s3, credentials: KEY, buckets: [BUCKET] })),
    HF_ENDPOINT ? undefined : keep(startHub({ data_dir: at("hub"), ...HUB_PORTS, ...hubFolder(options) })),
    buildPortal(() => say("Building the portal …")),
  ] as const)
  const hub_url = HF_ENDPOINT || hub!.url

  const functions = makeFunctions(bundle_folder, {
    ...settings(),
    DATABASE_URL: url,
    ...queueSettings((queue) => sqs.queue(queue).url),
    ARTIFACT_BUCKET: BUCKET,
    HF_ENDPOINT: hub_url,
    ...(hub && { HF_REDIRECT_HOSTS: new URL(hub.cdn_url).origin }),
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: KEY.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
    AWS_ENDPOINT_URL_S3: s3.url,
    AWS_ENDPOINT_URL_SQS: sqs.url,
  })
  const pollers: Poller[] = []
  await keep({
    async stop() {
      // A poller waits for its batch, and the batch for its function, so the functions end first.
      const ended = pollers.map((each) => each.stop())
      await Promise.all(Object.values(functions).map((each) => each.stop()))
      await Promise.all(ended)
    },
  })
  const client = new SQSClient({ region: REGION, credentials: KEY, endpoint: sqs.url })
  for (const { queue, reader } of MAPPINGS) {
    const { url: queue_url, arn: queue_arn } = sqs.queue(queue)
    const concurrency = concurrencyOf(reader)
    pollers.push(pollQueue({ client, queue_url, queue_arn, function: functions[reader], batch_size: 1, concurrency }))
  }
  // What was under way when everything was killed is taken up again; the first page need not wait for it.
  functions.sweep.invoke({}).catch((error: unknown) => {
    if (!isStopped(error)) console.error("The first sweep failed:", error)
  })

  const handler = functionUrl(functions.api)
  const media_origins = hub ? [hub.url, new URL(hub.cdn_url).origin] : [new URL(hub_url).origin, ...HUB_FILES]
  const api = await keep(serve(handler, options.api_port))
  const site = await keep(serve(portal({ folder: portal_folder, api: handler, media_origins }), options.port))
  const moved = (server: { moved: boolean }, port: number) => (server.moved ? `port ${port} is taken` : undefined)
  return [
    { name: "Portal", url: site.url, note: moved(site, options.port) },
    { name: "API", url: api.url, note: moved(api, options.api_port) },
    hub
      ? { name: "Sample Hub", url: hub.url, note: options.hub_dir && `with the folders of ${options.hub_dir}` }
      : { name: "Hub", url: hub_url, note: "from HF_ENDPOINT; the sample Hub is off" },
    { name: "Postgres", ...describeDatabase(url), ...(DATABASE_URL && { note: "from DATABASE_URL" }) },
    { name: "SQS", url: sqs.url },
    { name: "S3", url: s3.url },
  ]
}

/** All results, or the first failure once nothing is under way any more. */
async function all<T extends readonly unknown[]>(work: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work)
  return (await Promise.all(work)) as { -readonly [K in keyof T]: Awaited<T[K]> }
}

/** Settings from outside, by the names the functions know. The terminal is for the user, so it is told what went wrong only. */
function settings(): Record<string, string> {
  const given = Object.keys(Config.shape).flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))
  return { LOG_LEVEL: "warn", ...Object.fromEntries(given) }
}

const hubFolder = ({ hub_dir }: StartOptions) => (hub_dir === undefined ? {} : { hub_dir })

const isUnreachable = (error: unknown): error is Error =>
  /ECONN|ENOTFOUND|EAI_AGAIN|TIMEOUT|authentication|(role|database) ".*" does not exist/.test((error as Error).message)

const unreachable = (url: string, { message }: Error) =>
  new UsageError(`The database of DATABASE_URL, ${describeDatabase(url).url}, cannot be used: ${message}.`)

/** Without the password, which a terminal is no place for. */
function describeDatabase(text: string): { url: string; note?: string } {
  const url = new URL(text)
  const user = url.username
  url.username = url.password = ""
  return { url: url.href, ...(user && { note: `user ${user}` }) }
}
