import { MAPPINGS, QUEUES } from "@robokit/functions/sizes"
import { isNamed, mappings, nameOf, queue, queues, redriveOf, type Rule } from "./graph.ts"

export const queueing: Rule[] = [
  {
    id: "queues",
    title: "every queue is there, with the times it has on a laptop",
    check: (graph) =>
      QUEUES.flatMap(({ name, visibility_s, retention_s }) => {
        const inputs = queue(graph, name)?.inputs
        if (!inputs) return [`${name} is missing`]
        const isDue = inputs.visibilityTimeoutSeconds === visibility_s && inputs.messageRetentionSeconds === retention_s
        return isDue
          ? []
          : [`${name} hides ${inputs.visibilityTimeoutSeconds} s, keeps ${inputs.messageRetentionSeconds} s`]
      }),
  },
  {
    id: "readers",
    title: "every queue has its reader",
    check: (graph) =>
      MAPPINGS.filter(
        (due) =>
          !mappings(graph).some(
            (each) => each.reader && nameOf(each.reader) === due.reader && each.queue === queue(graph, due.queue),
          ),
      ).map((due) => `nothing brings ${due.queue} to ${due.reader}`),
  },
  {
    id: "visibility",
    title: "a message stays hidden for six times its reader's timeout",
    check: (graph) =>
      mappings(graph).flatMap(({ mapping, queue, reader }) => {
        if (!queue || !reader) return [`${mapping.name} joins nothing`]
        const { visibilityTimeoutSeconds: hidden } = queue.inputs
        return hidden >= 6 * reader.inputs.timeout
          ? []
          : [`${queue.name}: ${hidden} s < 6 × ${reader.inputs.timeout} s`]
      }),
  },
  {
    id: "dead-letters",
    title: "every queue has dead letters after at least 5 tries, or is for them",
    check: (graph) =>
      queues(graph).flatMap((each) => {
        const redrive = redriveOf(each)
        const isForThem = queues(graph).some((other) => isNamed(redriveOf(other)?.deadLetterTargetArn, each))
        if (isForThem) return []
        if (!redrive) return [`${each.name} has none`]
        return redrive.maxReceiveCount >= 5 ? [] : [`${each.name}: after ${redrive.maxReceiveCount}`]
      }),
  },
  {
    id: "dead-letter-retention",
    title: "dead letters are kept for 14 days, longer than in the queue they come from",
    check: (graph) =>
      queues(graph).flatMap((each) => {
        const target = redriveOf(each)?.deadLetterTargetArn
        const dead = target && queues(graph).find((other) => isNamed(target, other))
        if (!dead) return target ? [`${each.name}: its dead letters go nowhere`] : []
        const { messageRetentionSeconds: kept } = dead.inputs
        return kept === 14 * 86_400 && kept > each.inputs.messageRetentionSeconds ? [] : [`${dead.name}: ${kept} s`]
      }),
  },
  {
    id: "partial-responses",
    title: "a reader says which messages failed, one batch being one message",
    check: (graph) =>
      mappings(graph).flatMap(({ mapping: { name, inputs } }) =>
        inputs.functionResponseTypes?.includes("ReportBatchItemFailures") && inputs.batchSize === 1 ? [] : [name],
      ),
  },
  {
    id: "queue-encryption",
    title: "messages are encrypted at rest",
    check: (graph) =>
      queues(graph).flatMap((each) => (each.inputs.sqsManagedSseEnabled === true ? [] : [`${each.name} is not`])),
  },
]
