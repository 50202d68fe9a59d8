import type { Mistake } from "./mistake.ts"
import { dropAll, fn, giveUpAfter, mapping, must, q } from "./spoil.ts"

/** Of functions and queues. */
export const mistakesInRunning: Mistake[] = [
  {
    rule: "functions",
    title: "less memory than on a laptop",
    make: (g) => void (fn(g, "worker-light").memorySize = 256),
  },
  {
    rule: "functions",
    title: "a heavy worker with the memory of a medium one",
    make: (g) => void (fn(g, "worker-heavy").memorySize = must(fn(g, "worker-medium").memorySize)),
  },
  {
    rule: "functions",
    title: "a heavy worker whose disk is forgotten",
    make: (g) => void delete fn(g, "worker-heavy").ephemeralStorage,
  },
  { rule: "runtime", title: "an older Node", make: (g) => void (fn(g, "api").runtime = "nodejs22.x") },
  { rule: "runtime", title: "an Intel processor", make: (g) => void (fn(g, "sweep").architectures = ["x86_64"]) },
  { rule: "bundles", title: "a handler that is not exported", make: (g) => void (fn(g, "api").handler = "api.main") },
  {
    rule: "bundles",
    title: "a heavy worker that refuses what is heavy",
    make: (g) => void (fn(g, "worker-heavy").handler = "worker.light"),
  },
  {
    rule: "network",
    title: "a NAT gateway",
    make: (g) => void g.resources.push({ type: "aws:ec2/natGateway:NatGateway", name: "Nat", inputs: {} }),
  },
  {
    rule: "network",
    title: "a worker in a VPC",
    make: (g) => void (fn(g, "worker-light").vpcConfig = { subnetIds: ["s"] }),
  },
  {
    rule: "connections",
    title: "more of the API than the database has connections",
    make: (g) => void (fn(g, "api").reservedConcurrentExecutions = 100),
  },
  {
    rule: "connections",
    title: "an API without bounds",
    make: (g) => void delete fn(g, "api").reservedConcurrentExecutions,
  },
  {
    rule: "connections",
    title: "heavy workers beside as many light ones as the database has connections for",
    also: "pace",
    make: (g) => void (mapping(g, "worker-heavy").scalingConfig = { maximumConcurrency: 10 }),
  },
  {
    rule: "throttling",
    title: "reserved concurrency for the worker",
    make: (g) => void (fn(g, "worker-light").reservedConcurrentExecutions = 20),
  },
  {
    rule: "recursion",
    title: "sweeps that stop after sixteen turns",
    make: (g) => dropAll(g, "aws:lambda/functionRecursionConfig:FunctionRecursionConfig", "Sweep"),
  },
  {
    rule: "recursion",
    title: "heavy jobs that stop after sixteen turns",
    make: (g) => dropAll(g, "aws:lambda/functionRecursionConfig:FunctionRecursionConfig", "WorkerHeavy"),
  },
  {
    rule: "pace",
    title: "a mapping slower than it was meant",
    make: (g) => void (mapping(g, "worker-light").scalingConfig = { maximumConcurrency: 10 }),
  },
  {
    rule: "queues",
    title: "messages hidden for longer",
    make: (g) => void (q(g, "jobs-light").visibilityTimeoutSeconds *= 2),
  },
  {
    rule: "readers",
    title: "the sweep reads another queue",
    // As hidden as its own, so that only the reading is wrong.
    make: (g) => void (mapping(g, "sweep").eventSourceArn = mapping(g, "dead-letter").eventSourceArn),
  },
  {
    rule: "readers",
    title: "heavy jobs that nobody takes",
    // Nothing bounds a worker without a mapping.
    also: "connections",
    make: (g) => dropAll(g, "aws:lambda/eventSourceMapping:EventSourceMapping", "JobsHeavy"),
  },
  {
    rule: "visibility",
    title: "a message that comes back while its reader still works",
    also: "queues",
    make: (g) => void (q(g, "jobs-light").visibilityTimeoutSeconds = 1700),
  },
  { rule: "dead-letters", title: "given up after four tries", make: (g) => void giveUpAfter(g, "jobs-light", 4) },
  {
    rule: "dead-letter-retention",
    title: "dead letters that go nowhere",
    make: (g) => void giveUpAfter(g, "sweep", 100, "arn:aws:sqs:eu-west-1:123456789012:gone"),
  },
  {
    rule: "dead-letter-retention",
    title: "dead letters that are gone as soon as their source's",
    also: "queues",
    make: (g) => void (q(g, "jobs-dlq").messageRetentionSeconds = 4 * 86_400),
  },
  {
    rule: "partial-responses",
    title: "one failure fails the batch",
    make: (g) => void (mapping(g, "worker-light").functionResponseTypes = []),
  },
  {
    rule: "queue-encryption",
    title: "messages in the clear",
    make: (g) => void (q(g, "jobs-light").sqsManagedSseEnabled = false),
  },
]
