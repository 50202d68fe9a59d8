import { z } from "zod"
import { config } from "../config.ts"
import { searchAddress } from "./address.ts"
import { hubError } from "./failure.ts"
import { cardOf, Gated, isGated, nextPage, requestJson } from "./json.ts"
import { PERSON_PATIENCE } from "./request.ts"
import type { SearchRequest, SearchResponse } from "./schema.ts"
import { versionOf } from "./version.ts"

type Hit = SearchResponse["datasets"][number]

/** The Hub pages by cursor only, so pages are walked in order and kept a minute; an offset is a position in that walk. */
const PAGE = 100
const KEEP_MS = 60_000
const MAX_WALKS = 100
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
    downloads: z.int().nonnegative().catch(0),
    likes: z.int().nonnegative().catch(0),
    lastModified: z.string().nullish(),
    tags: z.array(z.string()).catch([]),
    gated: Gated,
    private: z.boolean().optional(),
    description: z.string().nullish(),
    cardData: z.unknown(),
  }),
)

interface Walk {
  hits: Hit[]
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
  const walk = walkOf(wanted)
  try {
    // One more than asked: whether there is a next page is then known, not guessed.
    while (walk.hits.length < offset + limit + 1 && walk.next) {
      await advance(walk, wanted.filters.lerobot_version, signal ? AbortSignal.any([signal, timeout]) : timeout)
    }
  } catch (error) {
    if (timeout.aborted)
      throw hubError("hub_timeout", "The Hub did not answer the search within 10 seconds.", { cause: error })
    throw error
  }
  return {
    datasets: walk.hits.slice(offset, offset + limit),
    total: walk.hits.length,
    total_is_exact: walk.next === undefined,
    hasMore: walk.hits.length > offset + limit,
    offset,
    limit,
  }
}

function walkOf({ query, sort, filters }: SearchRequest): Walk {
  const first = searchAddress({
    search: query.trim() || undefined,
    author: filters.author,
    // Tags are joined by AND. Robotics datasets carry this task category; LeRobot writes it into every card.
    filter: [
      filters.robotics ? "task_categories:robotics" : [],
      filters.task ? `task_categories:${filters.task}` : [],
      filters.licence ? `license:${filters.licence}` : [],
      filters.size ? `size_categories:${filters.size}` : [],
      filters.lerobot_version ? "LeRobot" : [],
    ].flat(),
    sort: SORT[sort],
    direction: "-1",
    limit: String(PAGE),
    expand: EXPAND,
  })
  const key = JSON.stringify([first.href, filters.lerobot_version, config().HF_TOKEN ?? null])
  const known = walks.get(key)
  if (known && known.expires > Date.now()) return known
  const walk: Walk = { hits: [], next: first, expires: Date.now() + KEEP_MS, step: Promise.resolve() }
  walks.delete(key)
  walks.set(key, walk)
  for (const oldest of walks.keys()) {
    if (walks.size <= MAX_WALKS) break
    walks.delete(oldest)
  }
  return walk
}

async function advance(walk: Walk, version: string | undefined, signal: AbortSignal): Promise<void> {
  const from = walk.next
  await (walk.step = walk.step
    .catch(() => {})
    .then(async () => {
      // Somebody else may have taken this step meanwhile.
      if (walk.next !== from || !from) return
      const usage = { requests: 0, bytes: 0, files: 0 }
      const { data, answer } = await requestJson(from, Items, { subject: {}, usage, patience: PERSON_PATIENCE, signal })
      const hits = data.map(toHit)
      const versions = version ? await Promise.all(hits.map((hit) => versionOf(hit.repo_id, signal))) : []
      walk.hits.push(
        ...hits.flatMap((hit, at) =>
          version && versions[at] !== version ? [] : [{ ...hit, lerobot_version: versions[at] ?? null }],
        ),
      )
      walk.next = nextPage(answer)
    }))
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
