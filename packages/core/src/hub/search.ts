import { z } from "zod"
import { AppError } from "../error.ts"
import { orAbandon } from "../files/abandon.ts"
import { searchAddress } from "./address.ts"
import { hubError } from "./failure.ts"
import { cardOf, Gated, isGated, nextPage, requestJson } from "./json.ts"
import { PERSON_PATIENCE } from "./request.ts"
import type { SearchRequest, SearchResponse } from "./schema.ts"
import { hubToken } from "./token.ts"
import { versionOf } from "./version.ts"

type Hit = SearchResponse["datasets"][number]

/** The Hub pages by cursor only, so pages are walked in order and kept a minute; an offset is a position in that walk. */
const PAGE = 100
const KEEP_MS = 60_000
/** Pages kept over all walks, and so the longest walk. */
const MAX_PAGES = 200
const VERSIONS_AT_ONCE = 16
const TIMEOUT_MS = 10_000

const SORT: Record<SearchRequest["sort"], string> = {
  downloads: "downloads",
  likes: "likes",
  last_modified: "lastModified",
  lastModified: "lastModified",
  created_at: "createdAt",
  createdAt: "createdAt",
  trending: "trendingScore",
  trendingScore: "trendingScore",
}
const EXPAND = "author cardData description downloads gated lastModified likes private sha tags".split(" ")

const Items = z.array(
  z.object({
    id: z.string(),
    author: z.string().nullish(),
    sha: z.string().nullish(),
    downloads: z.int().nonnegative(),
    likes: z.int().nonnegative(),
    lastModified: z.string().nullish(),
    tags: z.array(z.string()).optional(),
    gated: Gated,
    private: z.boolean().optional(),
    description: z.string().nullish(),
    // A repository without a card has none.
    cardData: z.unknown().optional(),
  }),
)

interface Walk {
  hits: Hit[]
  /** Of the last page, whose version is not looked up yet. Empty unless a version is asked for. */
  unsorted: Hit[]
  pages: number
  /** Undefined after the last page. */
  next: URL | undefined
  expires: number
  /** Steps are taken one after another, however many ask. */
  step: Promise<void>
}
const walks = new Map<string, Walk>()

/** Searches the Hub's datasets; pages to the end through its cursors. At most 10 s. */
export async function search(wanted: SearchRequest, signal?: AbortSignal): Promise<SearchResponse> {
  const { limit, offset } = wanted
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  const either = signal ? AbortSignal.any([signal, timeout]) : timeout
  const walk = walkOf(wanted)
  try {
    // One more than asked: whether there is a next page is then known, not guessed.
    while (walk.hits.length < offset + limit + 1 && !isOver(walk)) {
      await orAbandon(advance(walk, wanted.filters.lerobot_version), either)
    }
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (timeout.aborted)
      throw hubError("hub_timeout", "The Hub did not answer the search within 10 seconds.", { cause: error })
    throw error
  }
  return {
    datasets: walk.hits.slice(offset, offset + limit),
    total: walk.hits.length,
    total_is_exact: isOver(walk),
    hasMore: walk.hits.length > offset + limit,
    offset,
    limit,
  }
}

const isOver = ({ next, unsorted }: Walk) => next === undefined && unsorted.length === 0

function walkOf({ query, sort, filters }: SearchRequest): Walk {
  const first = searchAddress({
    search: query.trim() || undefined,
    author: filters.author,
    // Tags are joined by AND. Robotics datasets carry this task category; LeRobot writes it into every card.
    filter: [
      ...new Set(
        [
          filters.robotics ? "task_categories:robotics" : [],
          filters.task ? `task_categories:${filters.task}` : [],
          filters.licence ? `license:${filters.licence}` : [],
          filters.size ? `size_categories:${filters.size}` : [],
          filters.lerobot_version ? "LeRobot" : [],
        ].flat(),
      ),
    ],
    sort: SORT[sort],
    direction: "-1",
    limit: String(PAGE),
    expand: EXPAND,
  })
  const key = JSON.stringify([first.href, filters.lerobot_version, hubToken() ?? null])
  const known = walks.get(key)
  if (known && known.expires > Date.now()) return known
  const walk: Walk = {
    hits: [],
    unsorted: [],
    pages: 0,
    next: first,
    expires: Date.now() + KEEP_MS,
    step: Promise.resolve(),
  }
  for (const [stale, { expires }] of walks) if (expires <= Date.now()) walks.delete(stale)
  walks.set(key, walk)
  return walk
}

/** Takes the next step of a walk, or waits for whoever takes it. Several who search the same share every step. */
async function advance(walk: Walk, version: string | undefined): Promise<void> {
  const { next, unsorted } = walk
  await (walk.step = walk.step
    .catch(() => {})
    .then(async () => {
      // Somebody else may have taken this step meanwhile.
      if (walk.next !== next || walk.unsorted !== unsorted) return
      if (unsorted.length > 0) await sort(walk, version)
      else if (next) await turnPage(walk, next, version)
    }))
}

async function turnPage(walk: Walk, from: URL, version: string | undefined): Promise<void> {
  if (walk.pages >= MAX_PAGES) {
    throw new AppError("too_large", `The Hub's list can be walked for ${MAX_PAGES * PAGE} datasets and no further.`, {
      user_action: "Search for something narrower.",
    })
  }
  const usage = { requests: 0, bytes: 0, files: 0 }
  const { data, answer } = await requestJson(from, Items, { subject: {}, usage, patience: PERSON_PATIENCE })
  const next = nextPage(answer)
  if (next?.href === from.href) throw hubError("hub_bad_answer", "The Hub's list of datasets leads back to itself.")
  const hits = data.map(toHit)
  if (version) walk.unsorted = hits
  else walk.hits.push(...hits)
  walk.next = next
  walk.pages++
  makeRoom(walk)
}

/** Keeps those of the version. A few at a time: each costs a request, and the first page is mostly all that is wanted. */
async function sort(walk: Walk, version: string | undefined): Promise<void> {
  const some = walk.unsorted.slice(0, VERSIONS_AT_ONCE)
  const versions = await Promise.all(some.map(({ repo_id }) => versionOf(repo_id)))
  for (const [at, hit] of some.entries()) {
    if (versions[at] === version) walk.hits.push({ ...hit, lerobot_version: versions[at] ?? null })
  }
  walk.unsorted = walk.unsorted.slice(VERSIONS_AT_ONCE)
}

/** The oldest walks go first, never the one that is being walked. */
function makeRoom(current: Walk): void {
  let pages = 0
  for (const { pages: each } of walks.values()) pages += each
  for (const [key, walk] of walks) {
    if (pages <= MAX_PAGES) return
    if (walk === current) continue
    walks.delete(key)
    pages -= walk.pages
  }
}

const toHit = (item: z.output<typeof Items>[number]): Hit => ({
  repo_id: item.id,
  author: item.author ?? item.id.split("/")[0] ?? null,
  sha: item.sha ?? null,
  downloads: item.downloads,
  likes: item.likes,
  last_modified: item.lastModified ?? null,
  ...cardOf(item),
  gated: isGated(item.gated),
  private: item.private ?? false,
  lerobot_version: null,
  description: item.description?.replace(/\s+/g, " ").trim().slice(0, 400) ?? null,
})
