import { z } from "zod"

export const SORTS = ["downloads", "likes", "last_modified", "created_at", "trending"] as const

export const SearchFilters = z
  .object({
    /** Only datasets tagged as robotics (`task_categories:robotics` or LeRobot). */
    robotics: z.boolean().default(true),
    author: z.string().max(96).optional(),
    licence: z.string().max(96).optional(),
    task: z.string().max(96).optional(),
    lerobot_version: z.enum(["2.0", "2.1", "3.0"]).optional(),
    size: z.string().max(32).optional(),
  })
  .strict()

export const SearchRequest = z
  .object({
    query: z.string().max(256).default(""),
    limit: z.int().min(8).max(50).default(8),
    offset: z.int().min(0).max(100_000).default(0),
    sort: z.enum([...SORTS, "lastModified", "createdAt", "trendingScore"]).default("downloads"),
    filters: SearchFilters.default({ robotics: true }),
  })
  .strict()
export type SearchRequest = z.infer<typeof SearchRequest>

export const SearchHit = z.object({
  repo_id: z.string(),
  author: z.string().nullable(),
  sha: z.string().nullable(),
  downloads: z.int(),
  likes: z.int(),
  last_modified: z.string().nullable(),
  tags: z.array(z.string()),
  gated: z.boolean(),
  private: z.boolean(),
  licence: z.string().nullable(),
  lerobot_version: z.string().nullable(),
  description: z.string().nullable(),
})

export const SearchResponse = z.object({
  datasets: z.array(SearchHit),
  /** What is known so far; exact once the last page was seen. */
  total: z.int(),
  total_is_exact: z.boolean(),
  hasMore: z.boolean(),
  offset: z.int(),
  limit: z.int(),
})
export type SearchResponse = z.infer<typeof SearchResponse>

export const Revisions = z.object({
  branches: z.array(z.object({ name: z.string(), commit: z.string() })),
  tags: z.array(z.object({ name: z.string(), commit: z.string() })),
  commits: z.array(z.object({ id: z.string(), title: z.string(), date: z.string() })),
  /** Page number for `?page=`, or null after the last commit. */
  next: z.int().nullable(),
})
export type Revisions = z.infer<typeof Revisions>
