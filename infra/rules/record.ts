/**
 * Prints the graph of a stage without SST: `node infra/rules/record.ts production`. Stands in for the globals that SST
 * gives to infra/*.ts, with plain values where SST has outputs, and lowers the few components of SST that are used to
 * the resources they make. What SST really makes of them, `npm run infra` asks SST itself; both graphs obey one set of
 * rules.
 */
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { App, Graph, Resource } from "./graph.ts"
import { invented, policyText } from "./invented.ts"
import { placeholder } from "./settings.ts"

// oxlint-disable-next-line typescript/no-explicit-any -- the arguments of any component and resource.
type Args = Record<string, any>

const ROOT = fileURLToPath(new URL("../..", import.meta.url))
const resources: Resource[] = []
const names = new Set<string>()

/** SST refuses a second component of the same name, whatever its kind. */
function once(name: string) {
  if (names.has(name)) throw new Error(`Component name ${name} is not unique.`)
  names.add(name)
}

function make(type: string, name: string, inputs: Args, transform?: (args: Args) => void): Args {
  const args = { ...inputs }
  if (typeof transform === "function") transform(args)
  else Object.assign(args, transform)
  const resource = { type, name, inputs: JSON.parse(JSON.stringify(args)) as Args }
  resources.push(resource)
  return invented(resource)
}

const seconds = (text: string) => {
  const [, amount, unit] = /^(\d+) (second|minute|hour|day)s?$/.exec(text) ?? []
  if (!unit) throw new Error(`No duration: ${text}`)
  return Number(amount) * { second: 1, minute: 60, hour: 3600, day: 86_400 }[unit]!
}

class Queue {
  readonly nodes: { queue: Args }
  readonly arn: string
  readonly url: string
  constructor(name: string, { visibilityTimeout, dlq, transform }: Args) {
    once(name)
    const queue = make(
      "aws:sqs/queue:Queue",
      `${name}Queue`,
      {
        name: `${name}Queue`,
        visibilityTimeoutSeconds: seconds(visibilityTimeout),
        ...(dlq && { redrivePolicy: JSON.stringify({ deadLetterTargetArn: dlq.queue, maxReceiveCount: dlq.retry }) }),
      },
      transform?.queue,
    )
    this.nodes = { queue }
    this.arn = queue.arn
    this.url = queue.url
  }
}

class Bucket {
  readonly name: string
  readonly arn: string
  constructor(name: string, { versioning, transform }: Args) {
    once(name)
    const bucket = `${name.toLowerCase()}-bucket`
    const { arn } = make("aws:s3/bucket:Bucket", `${name}Bucket`, { bucket, forceDestroy: true }, transform?.bucket)
    if (versioning) {
      make("aws:s3/bucketVersioning:BucketVersioning", `${name}Versioning`, {
        bucket,
        versioningConfiguration: { status: "Enabled" },
      })
    }
    make("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", `${name}PublicAccessBlock`, {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    })
    const tlsOnly = {
      effect: "Deny",
      actions: ["s3:*"],
      resources: [arn, `${arn}/*`],
      principals: [{ type: "*", identifiers: ["*"] }],
      conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
    }
    make("aws:s3/bucketPolicy:BucketPolicy", `${name}Policy`, { bucket, policy: policyText([tlsOnly]) })
    this.name = bucket
    this.arn = arn
  }
}

class LambdaFunction {
  readonly name: string
  readonly arn: string
  readonly url: string | undefined
  constructor(name: string, args: Args) {
    once(name)
    const policy = policyText(args.permissions)
    const inlinePolicies = [{ name: "inline", policy }]
    // What SST gives unless told otherwise, both of them more than we want.
    const managedPolicyArns = ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]
    const assumeRolePolicy = policyText([{ principals: [{ identifiers: ["lambda.amazonaws.com", "root"] }] }])
    const generous = { inlinePolicies, managedPolicyArns, assumeRolePolicy }
    const role = make("aws:iam/role:Role", `${name}Role`, generous, args.transform?.role)
    const fn = make(
      "aws:lambda/function:Function",
      `${name}Function`,
      {
        name: `${name}Function`,
        role: role.arn.replace(/[^/]+$/, `${name}Role`),
        handler: args.handler,
        runtime: args.runtime,
        architectures: [args.architecture],
        timeout: seconds(args.timeout),
        memorySize: Number.parseInt(args.memory, 10),
        ephemeralStorage: { size: Number.parseInt(args.storage, 10) },
        environment: { variables: args.environment },
        loggingConfig: { logGroup: args.logging.logGroup },
        reservedConcurrentExecutions: args.concurrency?.reserved,
        vpcConfig: args.vpc,
      },
      args.transform?.function,
    )
    resources.find((each) => each.name === `${name}Role`)!.inputs.name ??= `${name}Role`
    this.name = fn.name
    this.arn = fn.arn
    if (args.url) {
      const made = make("aws:lambda/functionUrl:FunctionUrl", `${name}Url`, {
        functionName: fn.name,
        invokeMode: args.streaming ? "RESPONSE_STREAM" : "BUFFERED",
      })
      this.url = made.functionUrl
    }
  }
}

const route = (name: string, kind: string, path: string) =>
  void make("sst:aws:KvRoutesUpdate", name, { entry: `${kind},0000,,${path}` })

class Router {
  readonly url: string
  readonly #name: string
  constructor(name: string, { transform }: Args) {
    once(name)
    this.#name = name
    const cdn = { defaultCacheBehavior: { viewerProtocolPolicy: "redirect-to-https" } }
    const made = make("aws:cloudfront/distribution:Distribution", `${name}CdnDistribution`, cdn, transform?.cdn)
    this.url = `https://${made.domainName}`
  }
  route(path: string, _url: string, { readTimeout }: Args) {
    route(`${this.#name}Route${path}Update`, "url", path)
    const metadata = { origin: { timeouts: { readTimeout: seconds(readTimeout) } } }
    make("sst:aws:KvKeys", `${this.#name}Route${path}Key`, { entries: { metadata: JSON.stringify(metadata) } })
  }
}

class StaticSite {
  constructor(name: string) {
    once(name)
    route(`${name}RoutesUpdate`, "site", "")
    new Bucket(`${name}Assets`, {})
  }
}

class Secret {
  readonly value: string
  constructor(name: string) {
    once(name)
    this.value = placeholder(name)
  }
}

/** `new aws.sqs.Queue(name, inputs)` of Pulumi's AWS provider, whatever the resource. */
const provider = (module: string) =>
  new Proxy(
    {},
    {
      get: (_, kind: string) =>
        function (name: string, inputs: Args) {
          once(name)
          return {
            id: `${name}-id`,
            ...make(`aws:${module}/${kind[0]!.toLowerCase()}${kind.slice(1)}:${kind}`, name, inputs),
          }
        },
    },
  )

const iam = {
  getPolicyDocumentOutput: ({ statements }: Args) => ({ json: policyText(statements) }),
  assumeRolePolicyForPrincipal: (principal: object) => policyText([{ Effect: "Allow", Principal: principal }]),
}

/** The graph of a stage. Once a process: the program's modules keep what they made. */
export async function record(stage: string): Promise<Graph> {
  Object.assign(globalThis, {
    sst: { aws: { Queue, Bucket, Function: LambdaFunction, Router, StaticSite }, Secret },
    aws: new Proxy({ iam } as Args, { get: (own, module: string) => own[module] ?? provider(module) }),
    $app: { name: "robokit", stage },
    $cli: { paths: { root: ROOT } },
    $interpolate: String.raw,
    $resolve: (values: unknown) => ({ apply: (use: (values: unknown) => unknown) => use(values) }),
    $config: (config: unknown) => config,
  })
  const at = (path: string) => import(new URL(path, import.meta.url).href)
  const { app } = ((await at("../../sst.config.ts")) as { default: { app(input: object): App } }).default
  await at("../main.ts")
  const { bundles } = (await at("../builds.ts")) as { bundles: string }
  return { app: { ...app({ stage }), stage }, resources, bundles: join(ROOT, bundles) }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(await record(process.argv[2] ?? "dev")))
}
