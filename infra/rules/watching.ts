import { alarmsOn, all, lambda, lambdas, nameOf, queue, queues, redriveOf, type Rule } from "./graph.ts"

/** Some alarm of ours that tells people. */
const tells = ({ inputs }: { inputs: { alarmActions?: string[] } }) => (inputs.alarmActions ?? []).length > 0

export const watching: Rule[] = [
  {
    id: "logs",
    title: "every function logs to a group of its own that forgets within 90 days",
    check: (graph) =>
      lambdas(graph).flatMap((fn) => {
        const name = fn.inputs.loggingConfig?.logGroup
        const days = all(graph, "aws:cloudwatch/logGroup:LogGroup").find(({ inputs }) => inputs.name === name)?.inputs
          .retentionInDays
        return name && days > 0 && days <= 90 ? [] : [`${nameOf(fn)}: ${days ?? "for ever"}`]
      }),
  },
  {
    id: "function-alarms",
    title: "somebody is told of errors and throttles of every function",
    check: (graph) =>
      lambdas(graph)
        // A failed migration stops the deployment before the eyes of whoever deploys.
        .filter((fn) => nameOf(fn) !== "migrate")
        .flatMap((fn) =>
          ["Errors", "Throttles"]
            .filter((metric) => !alarmsOn(graph, metric, fn.inputs.name).some(tells))
            .map((metric) => `${nameOf(fn)}: ${metric}`),
        ),
  },
  {
    id: "age-alarms",
    title: "somebody is told when a message waits too long, in any queue",
    check: (graph) =>
      queues(graph)
        .filter((each) => !alarmsOn(graph, "ApproximateAgeOfOldestMessage", each.inputs.name).some(tells))
        .map(({ name }) => name),
  },
  {
    id: "dead-letter-alarms",
    title: "somebody is told of each dead message, and of those that stay",
    check(graph) {
      const dead = queue(graph, "jobs-dlq")
      const buried = alarmsOn(graph, "Invocations", lambda(graph, "dead-letter")?.inputs.name).some(tells)
      const stays = alarmsOn(graph, "ApproximateNumberOfMessagesVisible", dead?.inputs.name).some(tells)
      return [...(buried ? [] : ["not when one dies"]), ...(stays ? [] : ["not when one stays"])]
    },
  },
  {
    id: "age-before-loss",
    title: "the alarm of a queue rings long before its messages are given up",
    check: (graph) =>
      queues(graph).flatMap((each) =>
        alarmsOn(graph, "ApproximateAgeOfOldestMessage", each.inputs.name)
          .filter(({ inputs }) => {
            const redrive = redriveOf(each)
            const given_up = redrive ? redrive.maxReceiveCount * each.inputs.visibilityTimeoutSeconds : Infinity
            return inputs.threshold + inputs.period >= Math.min(given_up, each.inputs.messageRetentionSeconds)
          })
          .map(({ name, inputs }) => `${name}: at ${inputs.threshold} s`),
      ),
  },
  {
    id: "budget",
    title: "somebody is told before the month costs more than was said",
    check(graph) {
      const budget = all(graph, "aws:budgets/budget:Budget")[0]?.inputs
      const notices = (budget?.notifications ?? []) as { subscriberSnsTopicArns?: string[] }[]
      const isTold = Number(budget?.limitAmount) > 0 && notices.some((each) => each.subscriberSnsTopicArns?.length)
      const isOfStage = ((budget?.costFilters ?? []) as { name: string }[]).some(({ name }) => name === "TagKeyValue")
      return [...(isTold ? [] : ["nobody is"]), ...(isOfStage ? [] : ["it counts the whole account"])]
    },
  },
]
