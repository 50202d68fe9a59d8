import { QUEUE_SETTINGS, QUEUES, type QueueName } from "../packages/functions/src/sizes.ts"

const made = new Map<string, sst.aws.Queue>()

for (const { name, visibility_s, retention_s, ...others } of QUEUES) {
  const redrive = "redrive" in others ? others.redrive : undefined
  const queue = new sst.aws.Queue(`${titled(name)}Queue`, {
    visibilityTimeout: `${visibility_s} seconds`,
    ...(redrive && { dlq: { queue: queueOf(redrive.to).arn, retry: redrive.max_receive_count } }),
    transform: { queue: { messageRetentionSeconds: retention_s, sqsManagedSseEnabled: true } },
  })
  made.set(name, queue)
}

export function queueOf(name: QueueName): sst.aws.Queue {
  const queue = made.get(name)
  if (!queue) throw new Error(`There is no queue ${name} yet`)
  return queue
}

/** Instead of `link`, which would grant `sqs:*`. */
export const maySend = {
  actions: ["sqs:SendMessage"],
  resources: Object.values(QUEUE_SETTINGS).map((name) => queueOf(name).arn),
}

export const mayReceive = (name: QueueName) => ({
  actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"],
  resources: [queueOf(name).arn],
})

/** `jobs-dlq` → `JobsDlq`: how SST wants resources to be named. */
export function titled(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())
}
