import { CLASSES, type FunctionName, MAPPINGS, MOST_AT_ONCE } from "../packages/functions/src/sizes.ts"
import { functionOf } from "./function.ts"
import { migratedUrl } from "./migrate.ts"
import { mayReceive, maySend, queueOf, titled } from "./queues.ts"
import { hfToken } from "./secrets.ts"
import { settings } from "./settings.ts"
import { mayDelete, mayWrite } from "./storage.ts"

const environment = settings(migratedUrl)

/** Runs the jobs of one size class. It clears away what it wrote when somebody else was faster. */
const workerOf = ({ queue, worker }: (typeof CLASSES)[keyof typeof CLASSES]) =>
  functionOf(worker, {
    environment: { ...environment, HF_TOKEN: hfToken.value },
    permissions: [mayReceive(queue), maySend, mayWrite, ...mayDelete],
  })

const workers = {
  "worker-light": workerOf(CLASSES.light),
  "worker-medium": workerOf(CLASSES.medium),
  "worker-heavy": workerOf(CLASSES.heavy),
}

/** Sends what was not sent, wakes what nobody attends to, deletes the files of deleted datasets. */
export const sweep = functionOf("sweep", {
  environment,
  permissions: [mayReceive("sweep"), maySend, ...mayDelete],
})

/** Ends the jobs whose messages failed too often. */
export const deadLetter = functionOf("dead-letter", { environment, permissions: [mayReceive("jobs-dlq")] })

/** Every function that reads a queue, by its name. */
export const readers = { ...workers, sweep, "dead-letter": deadLetter } satisfies Partial<
  Record<FunctionName, sst.aws.Function>
>

for (const { queue, reader } of MAPPINGS) {
  new aws.lambda.EventSourceMapping(`${titled(queue)}To${titled(reader)}`, {
    eventSourceArn: queueOf(queue).arn,
    functionName: readers[reader].arn,
    batchSize: 1,
    functionResponseTypes: ["ReportBatchItemFailures"],
    // Not by reserved concurrency: a throttled receive counts as a failed one, and healthy messages would die of it.
    scalingConfig: { maximumConcurrency: MOST_AT_ONCE[reader] },
  })
}

/*
 * A sweep arms the next, and a job that is retried is sent again: Lambda, queue, Lambda. AWS takes that for a runaway
 * and drops the message at about the sixteenth turn, unless told that it is meant. The rows bound it: a job has its
 * attempts and one day, and a sweep arms the next only while something is open.
 */
for (const [name, fn] of Object.entries({ ...workers, sweep })) {
  new aws.lambda.FunctionRecursionConfig(`${titled(name)}Recursion`, { functionName: fn.name, recursiveLoop: "Allow" })
}
