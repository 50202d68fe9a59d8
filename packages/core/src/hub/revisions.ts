import { z } from "zod"
import { apiAddress } from "./address.ts"
import { nextPage, requestJson } from "./json.ts"
import { allRefs } from "./refs.ts"
import { PERSON_PATIENCE } from "./request.ts"
import type { Revisions } from "./schema.ts"

const PAGE = 20
const MAX_REFS = 500

const Commits = z.array(z.object({ id: z.string(), title: z.string(), date: z.string() }))

/**
 * What a dataset can be imported at: branches, tags, and the commits of `main`, 20 a page (`page` counts from 0).
 * `@huggingface/hub` lists commits too but drops the Hub's error codes and asks without a timeout.
 */
export async function revisions(repo_id: string, page = 0): Promise<Revisions> {
  const options = {
    subject: { repo_id, revision: "main" },
    usage: { requests: 0, bytes: 0, files: 0 },
    patience: PERSON_PATIENCE,
  }
  const query = { limit: String(PAGE), p: String(page) }
  const [refs, commits] = await Promise.all([
    allRefs(repo_id),
    requestJson(apiAddress(repo_id, ["commits", "main"], query), Commits, options),
  ])
  return {
    branches: refs.branches.slice(0, MAX_REFS),
    tags: refs.tags.slice(0, MAX_REFS),
    commits: commits.data.map(({ id, title, date }) => ({ id, title: title.slice(0, 300), date })),
    next: nextPage(commits.answer) ? page + 1 : null,
  }
}
