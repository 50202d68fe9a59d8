import { type FunctionName, MAPPINGS, QUEUE_SETTINGS } from "@robokit/functions/sizes"
import { grantsOf, isNamed, lambdas, nameOf, queue, roleOf, type Rule, statementsIn } from "./graph.ts"

const WORKER = ["s3:DeleteObject", "s3:ListBucket", "s3:PutObject", "sqs:SendMessage"]

/** All that each may do beside its log. `sqs` and `s3` are what separates those who ask, who work and who clean up. */
const MAY: Record<FunctionName, string[]> = {
  api: ["s3:GetObject", "sqs:SendMessage"],
  "worker-light": WORKER,
  "worker-medium": WORKER,
  "worker-heavy": WORKER,
  sweep: ["s3:DeleteObject", "s3:ListBucket", "sqs:SendMessage"],
  "dead-letter": [],
  migrate: [],
}
const RECEIVING = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
const LOGGING = ["logs:CreateLogStream", "logs:PutLogEvents"]
const READERS: FunctionName[] = MAPPINGS.map(({ reader }) => reader)

/** A whole ARN; at its very end it may cover the streams of one log group or the objects below one prefix. */
const IS_NARROW = /^arn:[^*]+(:\*|\/[^*]+\/\*)?$/

export const access: Rule[] = [
  {
    id: "no-star",
    title: "no role names a * as action or resource, or borrows a policy of AWS",
    check: (graph) =>
      lambdas(graph).flatMap((fn) => {
        const role = roleOf(graph, fn)
        if (!role) return [`${nameOf(fn)} has no role of its own`]
        return [
          ...(role.inputs.managedPolicyArns ?? []).map((each: string) => `${nameOf(fn)}: ${each}`),
          ...grantsOf(role).flatMap(({ actions, resources }) => [
            ...actions.filter((each) => each.includes("*")).map((each) => `${nameOf(fn)}: ${each}`),
            ...resources.filter((each) => !IS_NARROW.test(each)).map((each) => `${nameOf(fn)}: on ${each}`),
          ]),
        ]
      }),
  },
  {
    id: "least-privilege",
    title: "each function may do what it does and nothing else",
    check: (graph) =>
      lambdas(graph).flatMap((fn) => {
        const name = nameOf(fn)
        const role = roleOf(graph, fn)
        const given = new Set(role ? grantsOf(role).flatMap(({ actions }) => actions) : [])
        const due = new Set([...LOGGING, ...(MAY[name] ?? []), ...(READERS.includes(name) ? RECEIVING : [])])
        return [
          ...[...given].filter((each) => !due.has(each)).map((each) => `${name} may ${each}`),
          ...[...due].filter((each) => !given.has(each)).map((each) => `${name} may not ${each}`),
        ]
      }),
  },
  {
    id: "reach",
    title:
      "who may send may send to the queues of all classes and of the sweep, who reads may read its own and no other",
    check: (graph) =>
      lambdas(graph).flatMap((fn) => {
        const [name, role] = [nameOf(fn), roleOf(graph, fn)]
        const grants = role ? grantsOf(role) : []
        const reached = (action: string) =>
          grants.flatMap(({ actions, resources }) => (actions.includes(action) ? resources : []))
        const sends = MAY[name]?.includes("sqs:SendMessage") ? Object.values(QUEUE_SETTINGS) : []
        const reads = MAPPINGS.flatMap((each) => (each.reader === name ? [each.queue] : []))
        const due = [
          { verb: "send to", queues: sends, arns: reached("sqs:SendMessage") },
          { verb: "read", queues: reads, arns: reached("sqs:ReceiveMessage") },
        ]
        return due.flatMap(({ verb, queues, arns }) => {
          const meant = queues.flatMap((each) => queue(graph, each) ?? [])
          return [
            ...meant
              .filter((each) => !arns.some((arn) => isNamed(arn, each)))
              .map((each) => `${name} may not ${verb} ${each.name}`),
            ...arns
              .filter((arn) => !meant.some((each) => isNamed(arn, each)))
              .map((arn) => `${name} may ${verb} ${arn}`),
          ]
        })
      }),
  },
  {
    id: "trust",
    title: "only Lambda takes the roles",
    check: (graph) =>
      lambdas(graph).flatMap((fn) => {
        const policy = roleOf(graph, fn)?.inputs.assumeRolePolicy
        const trusted = policy ? statementsIn(policy).flatMap(trustedBy) : []
        return String(trusted) === "lambda.amazonaws.com" ? [] : [`${nameOf(fn)}: ${trusted.join(", ")}`]
      }),
  },
]

/** Written by Pulumi's helper as AWS has it (`Principal`), by a policy document in its own form. */
function trustedBy(statement: ReturnType<typeof statementsIn>[number] & { Principal?: object }): string[] {
  if (statement.Principal) return Object.values(statement.Principal).flat()
  return (statement.principals ?? []).flatMap(({ identifiers }) => identifiers)
}
