import { AppError } from "../error.ts"
import { Slots } from "../files/slots.ts"
import { allRefs } from "./refs.ts"
import { hubToken } from "./token.ts"

const KEEP_MS = 600_000
const MAX_KEPT = 5_000

const kept = new Map<string, { version: Promise<string | null>; expires: number }>()
const slots = new Slots(8)

/**
 * The newest LeRobot version a repository is tagged with (`3.0`), or null. No listing of the Hub tells it, so a search by
 * version costs one request a dataset, eight at once, kept ten minutes.
 */
export function versionOf(repo_id: string): Promise<string | null> {
  // What a token may see is no answer for who has none.
  const key = JSON.stringify([repo_id, hubToken() ?? null])
  const known = kept.get(key)
  if (known && known.expires > Date.now()) return known.version
  const version = slots.run(() => ask(repo_id))
  kept.set(key, { version, expires: Date.now() + KEEP_MS })
  version.catch(() => kept.delete(key))
  for (const oldest of kept.keys()) {
    if (kept.size <= MAX_KEPT) break
    kept.delete(oldest)
  }
  return version
}

async function ask(repo_id: string): Promise<string | null> {
  try {
    const { tags } = await allRefs(repo_id)
    const versions = tags.flatMap(({ name }) => /^v?(\d+\.\d+)(?:\.\d+)?$/.exec(name)?.[1] ?? [])
    return versions.sort((a, b) => Number(b) - Number(a))[0] ?? null
  } catch (error) {
    // A dataset whose tags we may not read has no version that we know of; the search goes on without it.
    if (error instanceof AppError && (error.kind === "not_found" || error.kind === "access")) return null
    throw error
  }
}
