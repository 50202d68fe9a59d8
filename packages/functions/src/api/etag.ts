import { createHash } from "node:crypto"
import type { Context } from "hono"

/** Goes up when answers change their shape while the rows stay the same: clients then must not keep the old ones. */
const SHAPE = 3

const REVALIDATE = "private, no-cache"
const FOR_EVER = "private, max-age=31536000, immutable"

/**
 * Nothing is kept unasked, not even a finished job: its type's version may go up, its dataset may be deleted or hidden
 * (decision 0012).
 *
 * Tags the answer with the version of what it shows, and says whether the client has that already. Weak, because
 * `poll_after_ms` and the like may differ between two answers of one version.
 */
export function isKnown(c: Context, version: string): boolean {
  const { pathname, search } = new URL(c.req.url)
  const digest = createHash("sha256").update(`${SHAPE} ${pathname.replace(/\/$/, "")}${search} ${version}`)
  const tag = `W/"${digest.digest("base64url").slice(0, 22)}"`
  c.header("etag", tag)
  c.header("cache-control", REVALIDATE)
  const known = c.req.header("if-none-match")
  return known !== undefined && known.split(",").some((each) => opaque(each) === opaque(tag))
}

/** The version of an answer that is cheap to make: itself. */
export const versionOf = (body: unknown) => createHash("sha256").update(JSON.stringify(body)).digest("base64url")

/** For what only the bytes of a commit decide: no job, no row, no version of ours is in it. */
export const keepForEver = (c: Context) => c.header("cache-control", FOR_EVER)

const opaque = (tag: string) => tag.trim().replace(/^W\//, "")
