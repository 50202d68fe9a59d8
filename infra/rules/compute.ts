import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { CLASSES, FUNCTION_NAMES, FUNCTIONS, MOST_AT_ONCE, MOST_CONNECTIONS } from "@robokit/functions/sizes"
import { POOL } from "@robokit/core/db/database"
import { all, lambda, lambdas, mappings, nameOf, type Rule } from "./graph.ts"

/** They answer a message by sending another. */
const SENDERS_AND_READERS = [...Object.values(CLASSES).map(({ worker }) => worker), "sweep"] as const

export const compute: Rule[] = [
  {
    id: "functions",
    title: "every function is there, with the time and memory it has on a laptop, and its disk",
    check: (graph) =>
      FUNCTION_NAMES.flatMap((name) => {
        const inputs = lambda(graph, name)?.inputs
        if (!inputs) return [`${name} is missing`]
        const { timeout_s, memory_mb, disk_mb } = FUNCTIONS[name]
        const has = [inputs.timeout, inputs.memorySize, inputs.ephemeralStorage?.size]
        const due = [timeout_s, memory_mb, disk_mb]
        return String(has) === String(due) ? [] : [`${name} has ${has.join(", ")} (s, MB, MB), not ${due.join(", ")}`]
      }),
  },
  {
    id: "runtime",
    title: "Node 24 on arm64",
    check: (graph) =>
      lambdas(graph)
        .filter(({ inputs }) => inputs.runtime !== "nodejs24.x" || String(inputs.architectures) !== "arm64")
        .map((fn) => `${nameOf(fn)} runs ${fn.inputs.runtime} on ${fn.inputs.architectures}`),
  },
  {
    id: "bundles",
    title: "every handler is the one that runs on a laptop, and its bundle exports it",
    check: (graph) =>
      lambdas(graph).flatMap((fn) => {
        const [file, name] = String(fn.inputs.handler).split(".")
        const path = join(graph.bundles, `${file}.mjs`)
        if (fn.inputs.handler !== FUNCTIONS[nameOf(fn)]?.handler) return [`${fn.name} is ${fn.inputs.handler}`]
        if (!existsSync(path)) return [`${fn.name}: there is no ${file}.mjs`]
        const isExported = new RegExp(`export\\s*\\{[^}]*\\b${name}\\b[^}]*\\}`).test(readFileSync(path, "utf8"))
        return isExported ? [] : [`${fn.name}: ${file}.mjs exports no ${name}`]
      }),
  },
  {
    id: "network",
    title: "no VPC and no NAT gateway: bytes of the Hub cost nothing to receive",
    check: (graph) => [
      ...all(graph, "aws:ec2/natGateway:NatGateway").map((each) => `${each.name} is a NAT gateway`),
      ...all(graph, "aws:ec2/vpc:Vpc").map((each) => `${each.name} is a VPC`),
      ...lambdas(graph).flatMap((fn) => (fn.inputs.vpcConfig ? [`${nameOf(fn)} is in a VPC`] : [])),
    ],
  },
  {
    id: "connections",
    title: `most at once × ${POOL} connections each stays within ${MOST_CONNECTIONS}`,
    check(graph) {
      const paced = mappings(graph).map(({ mapping, reader }) => ({
        name: reader ? nameOf(reader) : mapping.name,
        most: mapping.inputs.scalingConfig?.maximumConcurrency as number | undefined,
      }))
      const others = lambdas(graph)
        // The migration runs once, alone, with one connection of its own.
        .filter((fn) => nameOf(fn) !== "migrate" && !paced.some(({ name }) => name === nameOf(fn)))
        .map((fn) => ({ name: nameOf(fn), most: fn.inputs.reservedConcurrentExecutions as number | undefined }))
      const together = [...paced, ...others]
      const unbounded = together.filter(({ most }) => !most).map(({ name }) => `nothing bounds ${name}`)
      if (unbounded.length > 0) return unbounded
      const connections = together.reduce((sum, { most }) => sum + most! * POOL, 0)
      return connections > MOST_CONNECTIONS ? [`${connections} connections`] : []
    },
  },
  {
    id: "throttling",
    title: "no reader of a queue has reserved concurrency, which would kill healthy messages",
    check: (graph) =>
      mappings(graph).flatMap(({ reader }) =>
        (reader?.inputs.reservedConcurrentExecutions ?? -1) >= 0 ? [`${nameOf(reader!)} has`] : [],
      ),
  },
  {
    id: "recursion",
    title: "functions that send to the queue they came from may do so for longer than sixteen turns",
    check: (graph) =>
      SENDERS_AND_READERS.flatMap((name) => {
        const fn = lambda(graph, name)
        const isAllowed = all(graph, "aws:lambda/functionRecursionConfig:FunctionRecursionConfig").some(
          ({ inputs }) => inputs.functionName === fn?.inputs.name && inputs.recursiveLoop === "Allow",
        )
        return isAllowed ? [] : [`AWS would stop ${name} after about sixteen turns`]
      }),
  },
  {
    id: "pace",
    title: "each mapping has the concurrency it was given",
    check: (graph) =>
      mappings(graph).flatMap(({ mapping, reader }) => {
        const most = mapping.inputs.scalingConfig?.maximumConcurrency
        const due = reader && (MOST_AT_ONCE as Record<string, number>)[nameOf(reader)]
        return most >= 2 && most === due ? [] : [`${mapping.name}: ${most}, not ${due}`]
      }),
  },
]
