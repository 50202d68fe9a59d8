import { QUEUES } from "../packages/functions/src/sizes.ts"
import { api } from "./api.ts"
import { queueOf, titled } from "./queues.ts"
import { stage } from "./stage.ts"
import { deadLetter, readers } from "./workers.ts"

export const alarms = new aws.sns.Topic("Alarms")

if (stage.alarmEmail) {
  new aws.sns.TopicSubscription("AlarmsByMail", { topic: alarms.arn, protocol: "email", endpoint: stage.alarmEmail })
}

interface Watch {
  description: string
  metric: [namespace: string, name: string]
  of: Record<string, $util.Input<string>>
  statistic: "Sum" | "Maximum"
  /** In the metric's own unit: the alarm rings above it. */
  above: number
  minutes?: number
}

function watch(
  name: string,
  { description, metric: [namespace, metricName], of, statistic, above, minutes = 5 }: Watch,
) {
  new aws.cloudwatch.MetricAlarm(name, {
    alarmDescription: description,
    namespace,
    metricName,
    dimensions: of,
    statistic,
    period: minutes * 60,
    evaluationPeriods: 1,
    comparisonOperator: "GreaterThanThreshold",
    threshold: above,
    // An idle stage sends no figures, and that is well.
    treatMissingData: "notBreaching",
    alarmActions: [alarms.arn],
    okActions: [alarms.arn],
  })
}

for (const [name, fn] of Object.entries({ api, ...readers })) {
  const of = { FunctionName: fn.name }
  watch(`${titled(name)}Errors`, {
    description: `${name} threw, ran out of time or of memory.`,
    metric: ["AWS/Lambda", "Errors"],
    of,
    statistic: "Sum",
    above: 0,
  })
  watch(`${titled(name)}Throttles`, {
    description: `${name} was not started: the stage or the account has reached its concurrency.`,
    metric: ["AWS/Lambda", "Throttles"],
    of,
    statistic: "Sum",
    above: 0,
  })
}

watch("DeadLetters", {
  description: "A job's message failed too often; its job has been ended as dead.",
  metric: ["AWS/Lambda", "Invocations"],
  of: { FunctionName: deadLetter.name },
  statistic: "Sum",
  above: 0,
})

/** A message may wait for a full stage; one that fails comes back after the visibility timeout and shows by its age. */
const OLDEST_S = { "jobs-light": 3600, "jobs-medium": 3600, "jobs-heavy": 3600, sweep: 900, "jobs-dlq": 900 }

for (const { name } of QUEUES) {
  const of = { QueueName: queueOf(name).nodes.queue.name }
  watch(`${titled(name)}Age`, {
    description: `A message of ${name} has waited for more than ${OLDEST_S[name] / 60} minutes.`,
    metric: ["AWS/SQS", "ApproximateAgeOfOldestMessage"],
    of,
    statistic: "Maximum",
    above: OLDEST_S[name],
  })
}

watch("JobsDlqDepth", {
  description: "Dead messages are not being taken away.",
  metric: ["AWS/SQS", "ApproximateNumberOfMessagesVisible"],
  of: { QueueName: queueOf("jobs-dlq").nodes.queue.name },
  statistic: "Maximum",
  above: 0,
})

watch("ApiFaults", {
  description: "The API answered with more than 5 server errors in 5 minutes.",
  metric: ["AWS/Lambda", "Url5xxCount"],
  of: { FunctionName: api.name },
  statistic: "Sum",
  above: 5,
})
