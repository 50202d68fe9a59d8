import { type Graph, lambda, roleOf, settingsOf } from "./graph.ts"
import { drop, dropAll, first, fn, giveUpAfter, mapping, must, q, regrant } from "./spoil.ts"

export interface Mistake {
  /** The rule that must catch it, and the only one. */
  rule: string
  /** Where one figure has two rules, the other. */
  also?: string
  title: string
  /** Made on a copy of the graph, which it may change at will. */
  make(graph: Graph): void
}

const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm"
const block = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
const distribution = "aws:cloudfront/distribution:Distribution"
const headers = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"

/** What somebody might do one day. Each spoils one thing and is caught by the rule meant for it and by no other. */
export const mistakes: Mistake[] = [
  { rule: "functions", title: "less memory than on a laptop", make: (g) => void (fn(g, "worker").memorySize = 256) },
  { rule: "runtime", title: "an older Node", make: (g) => void (fn(g, "api").runtime = "nodejs22.x") },
  { rule: "runtime", title: "an Intel processor", make: (g) => void (fn(g, "sweep").architectures = ["x86_64"]) },
  { rule: "bundles", title: "a handler that is not exported", make: (g) => void (fn(g, "api").handler = "api.main") },
  {
    rule: "network",
    title: "a NAT gateway",
    make: (g) => void g.resources.push({ type: "aws:ec2/natGateway:NatGateway", name: "Nat", inputs: {} }),
  },
  { rule: "network", title: "a worker in a VPC", make: (g) => void (fn(g, "worker").vpcConfig = { subnetIds: ["s"] }) },
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
    rule: "throttling",
    title: "reserved concurrency for the worker",
    make: (g) => void (fn(g, "worker").reservedConcurrentExecutions = 20),
  },
  {
    rule: "recursion",
    title: "sweeps that stop after sixteen turns",
    make: (g) => dropAll(g, "aws:lambda/functionRecursionConfig:FunctionRecursionConfig", "Sweep"),
  },
  {
    rule: "pace",
    title: "a mapping slower than it was meant",
    make: (g) => void (mapping(g, "worker").scalingConfig = { maximumConcurrency: 10 }),
  },
  {
    rule: "queues",
    title: "messages hidden for longer",
    make: (g) => void (q(g, "jobs").visibilityTimeoutSeconds *= 2),
  },
  {
    rule: "readers",
    title: "the sweep reads another queue",
    // As hidden as its own, so that only the reading is wrong.
    make: (g) => void (mapping(g, "sweep").eventSourceArn = mapping(g, "dead-letter").eventSourceArn),
  },
  {
    rule: "visibility",
    title: "a message that comes back while its reader still works",
    also: "queues",
    make: (g) => void (q(g, "jobs").visibilityTimeoutSeconds = 1700),
  },
  { rule: "dead-letters", title: "given up after four tries", make: (g) => void giveUpAfter(g, "jobs", 4) },
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
    make: (g) => void (mapping(g, "worker").functionResponseTypes = []),
  },
  {
    rule: "queue-encryption",
    title: "messages in the clear",
    make: (g) => void (q(g, "jobs").sqsManagedSseEnabled = false),
  },
  {
    rule: "private",
    title: "a bucket that may become public",
    make: (g) => void (first(g, block, "Artifacts").inputs.restrictPublicBuckets = false),
  },
  {
    rule: "tls-only",
    title: "a bucket that answers without TLS",
    make: (g) => dropAll(g, "aws:s3/bucketPolicy:BucketPolicy", "Artifacts"),
  },
  { rule: "lifecycle", title: "nothing ever leaves", make: (g) => drop(g, first(g, lifecycle)) },
  {
    rule: "lifecycle",
    title: "results that expire",
    make: (g) => void first(g, lifecycle).inputs.rules.push({ status: "Enabled", expiration: { days: 30 } }),
  },
  {
    rule: "versions",
    title: "deletion is final",
    make: (g) => dropAll(g, "aws:s3/bucketVersioning:BucketVersioning", "Artifacts"),
  },
  {
    rule: "no-star",
    title: "a worker that may write anywhere",
    make: (g) => regrant(g, "worker", (all) => all.map((each) => ({ ...each, resources: ["*"] }))),
  },
  {
    rule: "no-star",
    title: "AWS's policy for basic execution",
    make: (g) =>
      void (must(roleOf(g, must(lambda(g, "api")))).inputs.managedPolicyArns = [
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
      ]),
  },
  {
    rule: "least-privilege",
    title: "an API that may delete results",
    make: (g) =>
      regrant(g, "api", (all) => [...all, { actions: ["s3:DeleteObject"], resources: ["arn:aws:s3:::b/results/*"] }]),
  },
  {
    rule: "least-privilege",
    title: "a worker that cannot clear up after itself",
    make: (g) => regrant(g, "worker", (all) => all.filter(({ actions }) => !actions.includes("s3:DeleteObject"))),
  },
  {
    rule: "trust",
    title: "a role that every user of the account may take",
    make: (g) =>
      void (must(roleOf(g, must(lambda(g, "api")))).inputs.assumeRolePolicy = JSON.stringify({
        Statement: [{ Principal: { AWS: "arn:aws:iam::123456789012:root" } }],
      })),
  },
  {
    rule: "settings",
    title: "a sweep that does not know the queue of jobs",
    make: (g) => void delete settingsOf(must(lambda(g, "sweep"))).JOB_QUEUE_URL,
  },
  {
    rule: "settings",
    title: "an API that asks nobody for the operator's key",
    make: (g) => void delete settingsOf(must(lambda(g, "api"))).OPERATOR_KEY,
  },
  {
    rule: "known-settings",
    title: "a setting misspelt",
    make: (g) => void (settingsOf(must(lambda(g, "worker"))).HF_TOKENS = "x"),
  },
  {
    rule: "secrets",
    title: "the database's password in the source",
    make: (g) => void (settingsOf(must(lambda(g, "worker"))).DATABASE_URL = "postgres://user:password@host/db"),
  },
  {
    rule: "secrets",
    title: "the operator's key for the worker, which reads foreign files",
    make: (g) =>
      void (settingsOf(must(lambda(g, "worker"))).OPERATOR_KEY = must(settingsOf(must(lambda(g, "api"))).OPERATOR_KEY)),
  },
  { rule: "migration", title: "no migration", make: (g) => drop(g, first(g, "aws:lambda/invocation:Invocation")) },
  {
    rule: "migration",
    title: "new code before the new schema",
    make(g) {
      const worker = must(lambda(g, "worker"))
      drop(g, worker)
      g.resources.unshift(worker)
    },
  },
  {
    rule: "idle",
    title: "a sweep every hour",
    make: (g) =>
      void g.resources.push({
        type: "aws:scheduler/schedule:Schedule",
        name: "Hourly",
        inputs: { scheduleExpression: "rate(1 hour)" },
      }),
  },
  {
    rule: "net",
    title: "a net that CloudWatch may not throw",
    make: (g) => dropAll(g, "aws:lambda/permission:Permission", "ApiIsCalled"),
  },
  { rule: "net", title: "no net", make: (g) => drop(g, first(g, alarm, "ApiIsCalled")) },
  {
    rule: "logs",
    title: "logs for ever",
    make: (g) => void delete first(g, "aws:cloudwatch/logGroup:LogGroup", "Worker").inputs.retentionInDays,
  },
  { rule: "function-alarms", title: "nobody hears of errors", make: (g) => drop(g, first(g, alarm, "WorkerErrors")) },
  {
    rule: "function-alarms",
    title: "an alarm that tells nobody",
    make: (g) => void (first(g, alarm, "ApiThrottles").inputs.alarmActions = []),
  },
  { rule: "age-alarms", title: "a queue nobody watches", make: (g) => drop(g, first(g, alarm, "JobsAge")) },
  { rule: "dead-letter-alarms", title: "jobs die in silence", make: (g) => drop(g, first(g, alarm, "DeadLetters")) },
  {
    rule: "age-before-loss",
    title: "an alarm after the loss",
    make: (g) => void (first(g, alarm, "JobsAge").inputs.threshold = 86_400),
  },
  { rule: "budget", title: "no budget", make: (g) => drop(g, first(g, "aws:budgets/budget:Budget")) },
  {
    rule: "budget",
    title: "a budget of the whole account",
    make: (g) => void delete first(g, "aws:budgets/budget:Budget").inputs.costFilters,
  },
  {
    rule: "one-origin",
    title: "the description of the API is a page of the portal",
    make: (g) => drop(g, must(g.resources.find(({ inputs }) => String(inputs.entry).endsWith(",/openapi.json")))),
  },
  {
    rule: "patience",
    title: "the router gives up first",
    make: (g) =>
      void (must(
        g.resources.find(({ name, inputs }) => name.startsWith("RouterRoute/") && inputs.entries?.metadata),
      ).inputs.entries.metadata = JSON.stringify({ host: "x" })),
  },
  {
    rule: "headers",
    title: "pages without a content security policy",
    make: (g) => void delete first(g, distribution).inputs.defaultCacheBehavior.responseHeadersPolicyId,
  },
  {
    rule: "headers",
    title: "the portal's policy over the API's stricter one",
    make: (g) => void (first(g, headers).inputs.securityHeadersConfig.contentSecurityPolicy.override = true),
  },
  {
    rule: "function-url",
    title: "a stream behind an address that expects whole answers",
    make: (g) => void (first(g, "aws:lambda/functionUrl:FunctionUrl").inputs.invokeMode = "BUFFERED"),
  },
  {
    rule: "function-url",
    title: "a worker that anybody may call",
    make: (g) =>
      void g.resources.push({
        type: "aws:lambda/functionUrl:FunctionUrl",
        name: "WorkerUrl",
        inputs: { functionName: fn(g, "worker").name, invokeMode: "RESPONSE_STREAM" },
      }),
  },
  { rule: "production-kept", title: "production unprotected", make: (g) => void (g.app.protect = false) },
  {
    rule: "results-kept",
    title: "a deployment that may empty the results",
    make: (g) => void (first(g, "aws:s3/bucket:Bucket", "Artifacts").inputs.forceDestroy = true),
  },
]
