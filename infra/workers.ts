import { type FunctionName, MAPPINGS, MOST_AT_ONCE } from "../packages/functions/src/sizes.ts"
import { functionOf } from "./function.ts"
import { migratedUrl } from "./migrate.ts"
import { mayReceive, maySend, queueOf, titled } from "./queues.ts"
import { hfToken } from "./secrets.ts"
import { settings } from "./settings.ts"
import { mayDelete, mayWrite } from "./storage.ts"

const environment = settings(migratedUrl)

/** Runs jobs. It clears away what it wrote when somebody else was faster. */
export const worker = functionOf("worker", {
  environment: { ...environment, HF_TOKEN: hfToken.value },
  permissions: [mayReceive("jobs"), maySend, mayWrite, ...mayDelete],
})

/** Sends what was not sent, wakes what nobody attends to, deletes the files of deleted datasets. */
export const sweep = functionOf("sweep", {
  environment,
  permissions: [mayReceive("sweep"), maySend, ...mayDelete],
})

/** Ends the jobs whose messages failed too often. */
export const deadLetter = functionOf("dead-letter", { environment, permissions: [mayReceive("jobs-dlq")] })

const READERS: Partial<Record<FunctionName, sst.aws.Function>> = { worker, sweep, "dead-letter": deadLetter }

for (const { queue, reader } of MAPPINGS) {
  new aws.lambda.EventSourceMapping(`${titled(queue)}To${titled(reader)}`, {
    eventSourceArn: queueOf(queue).arn,
    functionName: READERS[reader]!.arn,
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
for (const [name, fn] of [
  ["Worker", worker],
  ["Sweep", sweep],
] as const) {
  new aws.lambda.FunctionRecursionConfig(`${name}Recursion`, { functionName: fn.name, recursiveLoop: "Allow" })
}
