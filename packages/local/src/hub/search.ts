import { mayList } from "./access.ts"
import { type Call, nextLink, sendJson } from "./call.ts"
import { describeRepo, listedFields } from "./info.ts"
import { badRequest } from "./refusal.ts"
import type { SampleRepo } from "./repo.ts"
import { repoKey } from "./resolve.ts"
import { positiveInteger } from "./tree.ts"

/** What a list can be ordered by. `trendingScore` is nothing the samples have; likes stand in for it. */
const SORT_KEYS: Record<string, (repo: SampleRepo, call: Call) => string | number> = {
  downloads: (repo) => repo.downloads,
  likes: (repo) => repo.likes,
  trendingScore: (repo) => repo.likes,
  createdAt: (repo) => repo.created_at,
  lastModified: (repo, { hub }) => hub.store.head(repo).date,
}

/** Where a page ended: the sort key of its last item, and its `_id` for the ties. */
interface Cursor {
  /** Folders of this machine come first, whatever the order: who gave them looks for them. */
  own: boolean
  key: string | number
  _id: string
}

/** `GET /api/datasets` */
export async function search(call: Call): Promise<void> {
  const { hub, url } = call
  const params = url.searchParams
  const sort = params.get("sort") ?? "trendingScore"
  if (!Object.hasOwn(SORT_KEYS, sort)) throw badRequest(`"sort" must be one of [${Object.keys(SORT_KEYS).join(", ")}]`)
  const fields = listedFields(params)
  const limit = Math.min(positiveInteger(params.get("limit"), "limit") ?? hub.pages.search, hub.pages.search)
  const up = params.get("direction") === "1"
  const after = readCursor(params.get("cursor"))

  const place = (repo: SampleRepo): Cursor => ({
    own: repo.id.startsWith("local/"),
    key: SORT_KEYS[sort]!(repo, call),
    _id: repoKey(repo.id),
  })
  const found = hub.store.repos
    .filter((repo) => mayList(call.user, repo) && isAsked(repo, params))
    .map((repo) => ({ repo, place: place(repo) }))
    .filter((each) => after === null || compare(each.place, after, up) > 0)
    .sort((a, b) => compare(a.place, b.place, up))
  const page = found.slice(0, limit)
  const items: object[] = []
  for (const { repo } of page) items.push(await describeRepo(call, { repo, commit: hub.store.head(repo) }, fields))
  const more = found.length > page.length
  sendJson(call, items, more ? nextLink(call, { cursor: writeCursor(page.at(-1)!.place) }) : {})
}

/** Words are not split: `pick place` finds only names with a space, of which there are none. The Hub does the same. */
function isAsked(repo: SampleRepo, params: URLSearchParams): boolean {
  const id = repo.id.toLowerCase()
  const author = params.get("author")
  const gated = params.get("gated")
  return (
    params.getAll("search").every((each) => id.includes(each.toLowerCase())) &&
    (author === null || author === repo.id.split("/")[0]) &&
    (gated === null || (gated.toLowerCase() === "true") === Boolean(repo.gated)) &&
    params
      .getAll("filter")
      .flatMap((each) => each.split(","))
      .every((tag) => tag === "" || repo.tags.includes(tag))
  )
}

function compare(a: Cursor, b: Cursor, up: boolean): number {
  if (a.own !== b.own) return a.own ? -1 : 1
  if (a.key !== b.key) return a.key < b.key === up ? -1 : 1
  return a._id < b._id ? -1 : a._id > b._id ? 1 : 0
}

const writeCursor = (cursor: Cursor) => Buffer.from(JSON.stringify(cursor)).toString("base64")

function readCursor(text: string | null): Cursor | null {
  if (text === null) return null
  try {
    const value = JSON.parse(Buffer.from(text, "base64").toString()) as Partial<Cursor> | null
    const isCursor = ["string", "number"].includes(typeof value?.key) && typeof value?._id === "string"
    if (isCursor && typeof value?.own === "boolean") return value as Cursor
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
  }
  throw badRequest("Invalid cursor")
}
