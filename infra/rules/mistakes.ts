import { lambda, roleOf, settingsOf } from "./graph.ts"
import type { Mistake } from "./mistake.ts"
import { mistakesInRunning } from "./mistakes-in-running.ts"
import { drop, dropAll, first, fn, mapping, must, regrant } from "./spoil.ts"

const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm"
const block = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
const distribution = "aws:cloudfront/distribution:Distribution"
const headers = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"

/** Every mistake there is: those of functions and queues first. */
export const mistakes: Mistake[] = [
  ...mistakesInRunning,
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
    make: (g) =>
      regrant(g, "worker-light", (all) =>
        all.map((each) => (each.actions.includes("s3:PutObject") ? { ...each, resources: ["*"] } : each)),
      ),
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
    make: (g) => regrant(g, "worker-light", (all) => all.filter(({ actions }) => !actions.includes("s3:DeleteObject"))),
  },
  {
    rule: "reach",
    title: "an API that cannot wake the heavy worker",
    make: (g) =>
      regrant(g, "api", (all) =>
        all.map((each) => ({ ...each, resources: each.resources.filter((arn) => !arn.includes("JobsHeavy")) })),
      ),
  },
  {
    rule: "reach",
    title: "a light worker that may take away heavy messages",
    make: (g) =>
      regrant(g, "worker-light", (all) => [
        ...all,
        { actions: ["sqs:ReceiveMessage"], resources: [mapping(g, "worker-heavy").eventSourceArn] },
      ]),
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
    title: "a sweep that does not know the queue of heavy jobs",
    make: (g) => void delete settingsOf(must(lambda(g, "sweep"))).JOB_QUEUE_URL_HEAVY,
  },
  {
    rule: "settings",
    title: "an API that asks nobody for the operator's key",
    make: (g) => void delete settingsOf(must(lambda(g, "api"))).OPERATOR_KEY,
  },
  {
    rule: "queue-settings",
    title: "heavy jobs sent to the light queue",
    make(g) {
      const settings = settingsOf(must(lambda(g, "api")))
      settings.JOB_QUEUE_URL_HEAVY = must(settings.JOB_QUEUE_URL_LIGHT)
    },
  },
  {
    rule: "known-settings",
    title: "a setting misspelt",
    make: (g) => void (settingsOf(must(lambda(g, "worker-light"))).HF_TOKENS = "x"),
  },
  {
    rule: "secrets",
    title: "the database's password in the source",
    make: (g) => void (settingsOf(must(lambda(g, "worker-light"))).DATABASE_URL = "postgres://user:password@host/db"),
  },
  {
    rule: "secrets",
    title: "the operator's key for the worker, which reads foreign files",
    make: (g) =>
      void (settingsOf(must(lambda(g, "worker-light"))).OPERATOR_KEY = must(
        settingsOf(must(lambda(g, "api"))).OPERATOR_KEY,
      )),
  },
  { rule: "migration", title: "no migration", make: (g) => drop(g, first(g, "aws:lambda/invocation:Invocation")) },
  {
    rule: "migration",
    title: "new code before the new schema",
    make(g) {
      const worker = must(lambda(g, "worker-light"))
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
    make: (g) => void delete first(g, "aws:cloudwatch/logGroup:LogGroup", "WorkerLight").inputs.retentionInDays,
  },
  {
    rule: "function-alarms",
    title: "nobody hears of errors",
    make: (g) => drop(g, first(g, alarm, "WorkerHeavyErrors")),
  },
  {
    rule: "function-alarms",
    title: "an alarm that tells nobody",
    make: (g) => void (first(g, alarm, "ApiThrottles").inputs.alarmActions = []),
  },
  { rule: "age-alarms", title: "a queue nobody watches", make: (g) => drop(g, first(g, alarm, "JobsHeavyAge")) },
  { rule: "dead-letter-alarms", title: "jobs die in silence", make: (g) => drop(g, first(g, alarm, "DeadLetters")) },
  {
    rule: "age-before-loss",
    title: "an alarm after the loss",
    make: (g) => void (first(g, alarm, "JobsHeavyAge").inputs.threshold = 86_400),
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
        inputs: { functionName: fn(g, "worker-light").name, invokeMode: "RESPONSE_STREAM" },
      }),
  },
  { rule: "production-kept", title: "production unprotected", make: (g) => void (g.app.protect = false) },
  {
    rule: "results-kept",
    title: "a deployment that may empty the results",
    make: (g) => void (first(g, "aws:s3/bucket:Bucket", "Artifacts").inputs.forceDestroy = true),
  },
]
