import type { Resource } from "./graph.ts"

const ACCOUNT = "123456789012"
const REGION = "eu-west-1"
const arn = (service: string, rest: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`

/** What AWS would answer for a new resource: its inputs, and made-up names, ARNs and addresses in AWS's form. */
export function invented({ type, name, inputs }: Resource): Record<string, unknown> {
  const called = String(inputs.name ?? inputs.bucket ?? name)
  const kind = type.split("/")[1]?.split(":")[0] ?? "resource"
  return {
    name: called,
    arn: arnOf(type, kind, called),
    url: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${called}`,
    functionUrl: "https://abcdefghij.lambda-url.eu-west-1.on.aws/",
    bucketRegionalDomainName: `${called}.s3.${REGION}.amazonaws.com`,
    domainName: "d111111abcdef8.cloudfront.net",
    result: kind === "invocation" ? "{}" : "x".repeat(Number(inputs.length ?? 8)),
    hex: "abcdef12",
    ...inputs,
  }
}

function arnOf(type: string, kind: string, called: string) {
  if (type.startsWith("aws:sqs/queue:")) return arn("sqs", called)
  if (type.startsWith("aws:s3/bucket:")) return `arn:aws:s3:::${called}`
  if (type.startsWith("aws:lambda/function:")) return arn("lambda", `function:${called}`)
  if (type.startsWith("aws:cloudwatch/logGroup:")) return arn("logs", `log-group:${called}`)
  if (type.startsWith("aws:iam/role:")) return `arn:aws:iam::${ACCOUNT}:role/${called}`
  return arn("mock", `${kind}/${called}`)
}

/** What AWS would answer to the questions SST asks. */
export function answered(token: string, inputs: Record<string, unknown>): Record<string, unknown> {
  switch (token) {
    case "aws:index/getRegion:getRegion":
      return { name: REGION, region: REGION, id: REGION }
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, userId: "x", id: "x" }
    case "aws:index/getPartition:getPartition":
      return { partition: "aws", dnsSuffix: "amazonaws.com", id: "aws" }
    case "aws:iam/getPolicyDocument:getPolicyDocument":
      return { ...inputs, json: policyText(inputs.statements), id: "x" }
    default:
      throw new Error(`SST asks AWS something new: ${token}`)
  }
}

export const policyText = (statements: unknown) => JSON.stringify({ Version: "2012-10-17", Statement: statements })
