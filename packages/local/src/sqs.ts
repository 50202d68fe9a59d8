import { findPackageJSON } from "node:module"
import { pathToFileURL } from "node:url"
import type { QueueSize } from "@robokit/functions/sizes"
import { buildApp } from "fauxqs"
import { listen } from "./port.ts"

export const REGION = "eu-west-1"
const ACCOUNT = "000000000000"
const DAY_S = 86_400

export interface Queue {
  url: string
  arn: string
}

export interface Sqs {
  url: string
  queue(name: string): Queue
  stop(): Promise<void>
}

type Stores = Required<NonNullable<NonNullable<Parameters<typeof buildApp>[0]>["stores"]>>
interface Persistence {
  loadSqsAndSns(sqs: Stores["sqsStore"], sns: Stores["snsStore"]): void
  close(): void
}

/**
 * fauxqs with its state in SQLite under `data_dir`, on loopback. Its own `startFauxqs` listens on every interface without
 * asking for a signature, so the server is put together here from the same parts (its version is pinned).
 */
export async function startSqs(options: {
  data_dir: string
  port?: number
  queues: readonly QueueSize[]
}): Promise<Sqs> {
  const part = (path: string) =>
    import(new URL(`dist/${path}`, pathToFileURL(findPackageJSON("fauxqs", import.meta.url)!)).href)
  const [{ SqsStore }, { SnsStore }, { S3Store }, { PersistenceManager }] = await Promise.all([
    part("sqs/sqsStore.js"),
    part("sns/snsStore.js"),
    part("s3/s3Store.js"),
    part("persistence.js"),
  ])
  const stores: Stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() }
  const { sqsStore, snsStore } = stores
  const persistence: Persistence = new PersistenceManager(options.data_dir)
  // Loaded before it is wired in: writing back what is being read would cascade through its own tables.
  persistence.loadSqsAndSns(sqsStore, snsStore)
  sqsStore.persistence = persistence as NonNullable<Stores["sqsStore"]["persistence"]>
  for (const queue of sqsStore.allQueues()) queue.persistence = sqsStore.persistence

  const app = buildApp({ logger: false, defaultRegion: REGION, stores })
  app.addHook("preClose", () => persistence.close())
  await app.ready()
  const port = await listen(app.server, options.port ?? 0)

  // The host fauxqs itself would name (`sqs.REGION.localhost`) does not resolve, and the SDK goes where the queue's address points.
  const queue = (name: string): Queue => ({
    url: `http://127.0.0.1:${port}/${ACCOUNT}/${name}`,
    arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`,
  })
  for (const each of options.queues) {
    const { url, arn } = queue(each.name)
    const existing = sqsStore.getQueueByName(each.name) ?? sqsStore.createQueue(each.name, url, arn)
    existing.setAttributes({
      VisibilityTimeout: String(each.visibility_s),
      MessageRetentionPeriod: String(each.retention_s ?? 4 * DAY_S),
      ...(each.redrive && {
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: queue(each.redrive.to).arn,
          maxReceiveCount: String(each.redrive.max_receive_count),
        }),
      }),
    })
  }
  return {
    url: `http://127.0.0.1:${port}`,
    queue,
    async stop() {
      // Fastify closes only a server it opened itself.
      app.server.close()
      app.server.closeAllConnections()
      await app.close()
    },
  }
}
