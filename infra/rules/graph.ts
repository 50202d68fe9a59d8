import { FUNCTION_NAMES, type FunctionName, type QueueName } from "@robokit/functions/sizes"

/** A resource as AWS would be asked for it: Pulumi's type and the inputs, all known. */
export interface Resource {
  type: string
  name: string
  // oxlint-disable-next-line typescript/no-explicit-any -- inputs of some 30 types of resources; each rule knows its own.
  inputs: Record<string, any>
}

export interface App {
  name: string
  stage: string
  protect?: boolean
  removal?: string
}

export interface Graph {
  app: App
  /** In the order in which they were asked for, which respects what each waits for. */
  resources: Resource[]
  /** Absolute folder whose files every function is made of. */
  bundles: string
}

export interface Rule {
  id: string
  title: string
  /** What is wrong, a sentence each; nothing when the rule holds. */
  check(graph: Graph): string[]
}

export interface Statement {
  effect?: string
  actions: string[]
  resources: string[]
  principals?: { type: string; identifiers: string[] }[]
  conditions?: { test: string; variable: string; values: string[] }[]
}

/** As infra/queues.ts names what SST makes. */
const titled = (name: string) => name.replace(/(^|-)([a-z])/g, (_, __, letter) => letter.toUpperCase())

export const all = ({ resources }: Graph, type: string) => resources.filter((each) => each.type === type)

export const lambdas = (graph: Graph) => all(graph, "aws:lambda/function:Function")
/** By the name of the resource, since several functions may be of one bundle. */
export const nameOf = (lambda: Resource) =>
  FUNCTION_NAMES.find((each) => lambda.name === `${titled(each)}Function`) ?? (lambda.name as FunctionName)
export const lambda = (graph: Graph, name: FunctionName) => lambdas(graph).find((each) => nameOf(each) === name)
export const settingsOf = (fn: Resource): Record<string, string> => fn.inputs.environment?.variables ?? {}

export const queues = (graph: Graph) => all(graph, "aws:sqs/queue:Queue")
export const queue = (graph: Graph, name: QueueName) =>
  queues(graph).find((each) => each.name === `${titled(name)}QueueQueue`)
export const redriveOf = (each: Resource): { deadLetterTargetArn: string; maxReceiveCount: number } | undefined =>
  each.inputs.redrivePolicy && JSON.parse(each.inputs.redrivePolicy)
export const isNamed = (arn: unknown, { inputs }: Resource) => String(arn).endsWith(`:${inputs.name}`)

export interface Mapping {
  mapping: Resource
  queue: Resource | undefined
  reader: Resource | undefined
}

export const mappings = (graph: Graph): Mapping[] =>
  all(graph, "aws:lambda/eventSourceMapping:EventSourceMapping").map((mapping) => ({
    mapping,
    queue: queues(graph).find((each) => isNamed(mapping.inputs.eventSourceArn, each)),
    reader: lambdas(graph).find((each) => isNamed(mapping.inputs.functionName, each)),
  }))

export const roleOf = (graph: Graph, fn: Resource) =>
  all(graph, "aws:iam/role:Role").find((each) => String(fn.inputs.role).endsWith(`/${each.inputs.name}`))

/** What a policy says, with the names that Pulumi's policy documents have. Pulumi takes it as text or as an object. */
export const statementsIn = (policy: unknown): Statement[] =>
  (typeof policy === "string" ? JSON.parse(policy) : policy).Statement

export const grantsOf = (role: Resource): Statement[] =>
  (role.inputs.inlinePolicies ?? []).flatMap((each: { policy: string }) => statementsIn(each.policy))

export const alarmsOn = (graph: Graph, metric: string, value: unknown) =>
  all(graph, "aws:cloudwatch/metricAlarm:MetricAlarm").filter(
    ({ inputs }) => inputs.metricName === metric && Object.values(inputs.dimensions ?? {}).includes(value),
  )
