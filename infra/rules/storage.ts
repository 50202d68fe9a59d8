import { all, type Resource, type Rule, statementsIn } from "./graph.ts"

const buckets = (graph: Parameters<Rule["check"]>[0]) => all(graph, "aws:s3/bucket:Bucket")
const isOf = (bucket: Resource) => (each: Resource) => each.inputs.bucket === bucket.inputs.bucket
const BLOCKS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"]

export const storage: Rule[] = [
  {
    id: "private",
    title: "every bucket refuses to be public",
    check: (graph) =>
      buckets(graph).flatMap((bucket) => {
        const block = all(graph, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").find(isOf(bucket))
        return BLOCKS.every((each) => block?.inputs[each] === true) ? [] : [`${bucket.name} may be public`]
      }),
  },
  {
    id: "tls-only",
    title: "every bucket refuses what does not come over TLS",
    check: (graph) =>
      buckets(graph).flatMap((bucket) => {
        const policy = all(graph, "aws:s3/bucketPolicy:BucketPolicy").find(isOf(bucket))
        const refuses = (policy ? statementsIn(policy.inputs.policy) : []).some(
          ({ effect, conditions }) =>
            effect?.toLowerCase() === "deny" &&
            conditions?.some(({ variable, values }) => variable === "aws:SecureTransport" && values.includes("false")),
        )
        return refuses ? [] : [`${bucket.name} does not`]
      }),
  },
  {
    id: "lifecycle",
    title: "what was deleted and what was never finished leaves the bucket of results",
    check(graph) {
      const bucket = buckets(graph).find(({ name }) => name.startsWith("Artifacts"))
      if (!bucket) return ["there is no bucket of results"]
      const rules = all(graph, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
        .filter(isOf(bucket))
        .flatMap(({ inputs }) => inputs.rules)
        .filter(({ status }) => status === "Enabled")
      return [
        ...(rules.some((each) => each.abortIncompleteMultipartUpload) ? [] : ["unfinished uploads stay for ever"]),
        ...(rules.some((each) => each.noncurrentVersionExpiration) ? [] : ["deleted results stay for ever"]),
        // The product's results have no end of their own: a permanent address is what it promises.
        ...(rules.some((each) => each.expiration?.days) ? ["results expire"] : []),
      ]
    },
  },
  {
    id: "versions",
    title: "a deleted result can be brought back",
    check(graph) {
      const kept = all(graph, "aws:s3/bucketVersioning:BucketVersioning").some(
        ({ name, inputs }) => name.startsWith("Artifacts") && inputs.versioningConfiguration?.status === "Enabled",
      )
      return kept ? [] : ["the bucket of results has no versions"]
    },
  },
]
