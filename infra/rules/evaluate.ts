/**
 * Prints the graph of a stage as SST itself makes it: `node infra/rules/evaluate.ts production`, in a repository where
 * `sst install` was run. Bundles and runs sst.config.ts as SST's command line does (pkg/project/run.go of SST 4.17), with
 * Pulumi's mocks in place of AWS, and answers what the platform asks the command line.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { createRequire } from "node:module"
import { join, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import type { App, Graph, Resource } from "./graph.ts"
import { answered, invented } from "./invented.ts"
import { placeholder } from "./settings.ts"

const ROOT = fileURLToPath(new URL("../..", import.meta.url))
const PLATFORM = join(ROOT, ".sst/platform")
const OUT = join(ROOT, ".cache/infra")
const SECRETS = ["DatabaseUrl", "OperatorKey", "HfToken"]
/** Nothing asked for in this long: the program, which never says that it is done, is done. */
const QUIET_MS = 700
/** An error inside SST can leave it waiting for ever. */
const LIMIT_MS = 60_000

const platform = createRequire(join(PLATFORM, "package.json"))
const esbuild = platform("esbuild") as { build(options: object): Promise<unknown> }
const pulumi = platform("@pulumi/pulumi")

const stage = process.argv[2] ?? "dev"
mkdirSync(OUT, { recursive: true })
let asked_at = Date.now()
setTimeout(() => leave(`SST did not end within ${LIMIT_MS / 1000} s`), LIMIT_MS).unref()
process.on("unhandledRejection", leave)

const app = await readApp()
const server = await serveCommandLine()
for (const name of SECRETS) process.env[`SST_SECRET_${name}`] = placeholder(name)
const resources: Resource[] = []
await pulumi.runtime.setMocks({ newResource, call }, app.name, app.stage, false)
await runProgram()
server.close()

const bundles = resolve(ROOT, bundlesOf(resources))
process.stdout.write(JSON.stringify({ app, resources, bundles } satisfies Graph), () => process.exit(0))

/** What `app()` of sst.config.ts says of the stage. */
async function readApp(): Promise<App> {
  const contents = `globalThis.$config = (config) => config\nexport default (await import("./sst.config.ts")).default`
  const file = join(OUT, `app.${process.pid}.mjs`)
  await esbuild.build({
    stdin: { contents, resolveDir: ROOT, loader: "ts" },
    bundle: true,
    format: "esm",
    platform: "node",
    outfile: file,
    external: ["./infra/*"],
  })
  try {
    const { app } = (await import(pathToFileURL(file).href)).default
    return { removal: "remove", protect: false, ...(await app({ stage })), stage }
  } finally {
    rmSync(file)
  }
}

/** The platform calls the command line back over HTTP, to build handlers and to learn where it keeps its state. */
async function serveCommandLine() {
  const answers: Record<string, (asked: { handler: string; bundle?: string }) => object> = {
    "Runtime.Build": ({ handler, bundle }) => {
      const file = join(ROOT, bundle ?? "", `${handler.split(".")[0]}.mjs`)
      const errors = bundle && existsSync(file) ? [] : [`${handler} is not in ${bundle ?? "a bundle of ours"}`]
      return { handler, out: join(ROOT, bundle ?? ""), errors, sourcemaps: [] }
    },
    "Provider.Aws.Bootstrap": () => ({ asset: "asset-bucket", state: "state-bucket" }),
  }
  const server = createServer(async (request, response) => {
    let body = ""
    for await (const chunk of request) body += chunk
    const { method, params } = JSON.parse(body)
    const answer = answers[method]
    const error = answer ? null : `SST asks its command line something new: ${method}`
    response.end(JSON.stringify({ result: answer?.(params[0]) ?? {}, error }))
  })
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready))
  process.env.SST_SERVER = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  return server
}

function newResource({ type, name, inputs }: Resource) {
  asked_at = Date.now()
  const resource = { type, name, inputs: plain(inputs) as Resource["inputs"] }
  resources.push(resource)
  return { id: `${resource.inputs.name ?? name}-id`, state: invented(resource) }
}

function call({ token, inputs }: { token: string; inputs: Record<string, unknown> }) {
  asked_at = Date.now()
  return answered(token, inputs)
}

/** Pulumi wraps what is secret in an object with this mark. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== "object" || value === null) return value
  if ("4dabf18193072939515e22adb298388d" in value && "value" in value) return plain(value.value)
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
}

async function runProgram() {
  const cli = {
    command: "diff",
    dev: false,
    paths: { home: join(OUT, "home"), root: ROOT, work: join(ROOT, ".sst"), platform: PLATFORM },
    state: { version: {} },
  }
  const components = JSON.stringify(join(PLATFORM, "src/components"))
  const globals = `import * as aws from "@pulumi/aws"; import * as sst from ${components};\n`
  // Beside the platform's own modules, which it imports by name.
  const bundle = join(PLATFORM, `evaluate.${process.pid}.mjs`)
  await esbuild.build({
    stdin: {
      contents: `import { run } from ${JSON.stringify(join(PLATFORM, "src/auto/run.ts"))}
        import config from ${JSON.stringify(join(ROOT, "sst.config.ts"))}
        export default await run(config.run)`,
      resolveDir: ROOT,
      loader: "ts",
    },
    banner: {
      js: `import { createRequire as __createRequire } from "module"; const require = __createRequire(import.meta.url);
        import { fileURLToPath as __path, URL as __URL } from "url";
        const __filename = __path(import.meta.url); const __dirname = __path(new __URL(".", import.meta.url));`,
    },
    bundle: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    nodePaths: [join(PLATFORM, "node_modules")],
    outfile: bundle,
    logLevel: "error",
    external: [
      "@pulumi/*",
      "undici",
      "@pulumiverse/*",
      "@sst-provider/*",
      "@aws-sdk/*",
      "esbuild",
      "archiver",
      "glob",
      "vite",
    ],
    define: { $app: JSON.stringify(app), $cli: JSON.stringify(cli), $dev: "false" },
    inject: [join(PLATFORM, "src/shim/run.js")],
    plugins: [
      {
        name: "globals",
        setup: (build: { onLoad(which: object, load: (file: { path: string }) => object | undefined): void }) =>
          build.onLoad({ filter: /\.[jt]sx?$/ }, ({ path }) =>
            path.startsWith(PLATFORM) || path.includes("/node_modules/")
              ? undefined
              : { contents: globals + readFileSync(path, "utf8"), loader: "default" },
          ),
      },
    ],
  })
  try {
    await pulumi.runtime.runInPulumiStack(async () => (await import(pathToFileURL(bundle).href)).default)
    while (Date.now() - asked_at < QUIET_MS) await new Promise((later) => setTimeout(later, 100))
  } finally {
    rmSync(bundle, { force: true })
  }
}

/** Of the migration's trigger: the folder that every function was made of. */
function bundlesOf(resources: Resource[]): string {
  const folder = resources.find(({ type }) => type === "aws:lambda/invocation:Invocation")?.inputs.triggers?.bundles
  return typeof folder === "string" ? folder : leave("The program has no migration that names the bundles")
}

function leave(reason: unknown): never {
  writeFileSync(2, `${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}\n`)
  process.exit(1)
}
