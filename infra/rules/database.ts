import { all, lambda, lambdas, nameOf, type Rule } from "./graph.ts"

const WAKING = /^aws:(cloudwatch\/eventRule:|scheduler\/schedule:)/

export const database: Rule[] = [
  {
    id: "migration",
    title: "the schema is brought up to date with each new code, before any function that uses it",
    check(graph) {
      const name = lambda(graph, "migrate")?.inputs.name
      const at = graph.resources.findIndex(
        ({ type, inputs }) => type === "aws:lambda/invocation:Invocation" && inputs.functionName === name,
      )
      if (at < 0) return ["nothing invokes the migration"]
      if (!graph.resources[at]!.inputs.triggers?.bundles) return ["new code does not start it again"]
      return lambdas(graph)
        .filter((fn) => nameOf(fn) !== "migrate" && graph.resources.indexOf(fn) < at)
        .map((fn) => `${nameOf(fn)} does not wait for it`)
    },
  },
  {
    id: "idle",
    title: "no clock wakes the database of a stage that nobody uses",
    check: (graph) => [
      ...graph.resources.filter(({ type }) => WAKING.test(type)).map(({ name }) => `${name} is a schedule`),
      ...lambdas(graph)
        .filter(({ inputs }) => inputs.provisionedConcurrentExecutions)
        .map((fn) => `${nameOf(fn)} is kept warm`),
      ...all(graph, "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig").map(
        ({ name }) => `${name} keeps a function warm`,
      ),
    ],
  },
  {
    id: "net",
    title: "when the calls to the API end, one sweep looks for work that was left",
    check(graph) {
      const [api, sweep] = [lambda(graph, "api")?.inputs.name, lambda(graph, "sweep")?.inputs.name]
      const net = all(graph, "aws:cloudwatch/metricAlarm:MetricAlarm").find(
        ({ inputs }) =>
          inputs.metricName === "Invocations" &&
          inputs.dimensions?.FunctionName === api &&
          inputs.treatMissingData === "notBreaching" &&
          inputs.okActions?.some((each: string) => each.endsWith(`:${sweep}`)),
      )
      if (!net) return ["nothing does"]
      const isLetIn = all(graph, "aws:lambda/permission:Permission").some(
        ({ inputs }) => inputs.function === sweep && inputs.principal === "lambda.alarms.cloudwatch.amazonaws.com",
      )
      return isLetIn ? [] : ["CloudWatch may not invoke the sweep"]
    },
  },
]
