import type { Depth, Validation } from "../../packages/core/src/check/schema.ts"
import { resetConfig } from "../../packages/core/src/config.ts"
import { apiAddress } from "../../packages/core/src/hub/address.ts"
import type { SampleFile } from "../../packages/local/src/hub/repo.ts"
import { type SampleHub, startSampleHub } from "../../packages/local/src/hub/server.ts"
import { commitOf, repoOf } from "../../packages/local/src/hub/test-repos.ts"
import { type Least, leastFor } from "./minimum.ts"
import { validateInSteps } from "./steps.ts"

const REPO = "bench/set"
/** More than anybody asks for here: the Hub's quota is not what is measured. */
export const QUOTA = { anonymous: { api: 10_000_000, resolvers: 10_000_000 } }

export interface Counted {
  /** By the server, redirects included. */
  made: Least
  least: Least
  validation: Validation
}

/** Validates a dataset over the Hub client from a sample Hub on loopback, which counts, and reckons the least it could have taken. */
export async function countedOver(files: ReadonlyMap<string, SampleFile>, depth: Depth): Promise<Counted> {
  const commit = commitOf(1, Object.fromEntries(files))
  const hub = await startSampleHub({ repos: [repoOf(REPO, [commit])], quota: QUOTA })
  try {
    Object.assign(process.env, { HF_ENDPOINT: hub.url, HF_REDIRECT_HOSTS: hub.cdn_url })
    resetConfig()
    const at = { repo_id: REPO, revision: commit.id }
    const listing = apiAddress(REPO, ["tree", commit.id], { recursive: "true" }).href
    const least = await leastFor({ files, listing }, depth)
    const before = totalOf(hub)
    const validation = await validateInSteps(at, depth)
    const after = totalOf(hub)
    const made = { requests: after.requests - before.requests, bytes: after.bytes - before.bytes }
    return { made, least, validation }
  } finally {
    await hub.close()
  }
}

const sum = (each: Record<string, number>) => Object.values(each).reduce((all, count) => all + count, 0)
export const totalOf = ({ requests, bytes }: Pick<SampleHub, "requests" | "bytes">): Least => ({
  requests: sum(requests),
  bytes: sum(bytes),
})
