import { FUNCTIONS, type FunctionName } from "../packages/functions/src/sizes.ts"
import { bundles } from "./builds.ts"
import { titled } from "./queues.ts"
import { stage } from "./stage.ts"

interface Options {
  environment: Record<string, $util.Input<string>>
  permissions?: { actions: string[]; resources: $util.Input<string>[] }[]
  /** Most at once, whoever calls. For functions that no queue paces. */
  reserved?: number
  /** Gives it an address of its own, for a handler that streams its answers (functions/src/api/lambda.ts). */
  url?: boolean
}

/** One of our bundles as a Lambda, with its own log group and a role that may do what is listed here and nothing else. */
export function functionOf(name: FunctionName, { environment, permissions = [], reserved, url }: Options) {
  const { handler, timeout_s, memory_mb, disk_mb } = FUNCTIONS[name]
  const logs = new aws.cloudwatch.LogGroup(`${titled(name)}Logs`, {
    name: `/aws/lambda/${$app.name}-${$app.stage}-${name}`,
    retentionInDays: stage.logDays,
  })
  const mayLog = {
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    // An ARN of a log group covers its streams only with this ending.
    resources: [$interpolate`${logs.arn}:*`],
  }
  return new sst.aws.Function(titled(name), {
    bundle: bundles,
    handler,
    runtime: "nodejs24.x",
    architecture: "arm64",
    timeout: `${timeout_s} seconds`,
    memory: `${memory_mb} MB`,
    storage: `${disk_mb} MB`,
    environment,
    permissions: [mayLog, ...permissions],
    logging: { format: "json", logGroup: logs.name },
    // An address whose mode is not its handler's would answer with the envelope instead of the letter.
    ...(url && { url: true, streaming: true }),
    ...(reserved !== undefined && { concurrency: { reserved } }),
    transform: {
      role: (args) => {
        // AWS's policy for basic execution may write to every log group of the account.
        args.managedPolicyArns = []
        // SST also lets the account's own users take the role, which its live mode needs and we do not have.
        args.assumeRolePolicy = aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" })
      },
    },
  })
}
