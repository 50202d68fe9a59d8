import { requireEnabled, requireGranted } from "./access.ts"
import { type Call, flag, nextLink, sendJson } from "./call.ts"
import { badRequest } from "./refusal.ts"
import type { SampleRepo } from "./repo.ts"
import { positiveInteger } from "./tree.ts"

/** `/api/datasets/{id}/refs` */
export function refs(call: Call, repo: SampleRepo): void {
  requireEnabled(repo)
  requireGranted(call.user, repo)
  const list = (folder: string, named: Iterable<[string, string]>) =>
    [...named].map(([name, targetCommit]) => ({ name, ref: `refs/${folder}/${name}`, targetCommit }))
  sendJson(call, {
    branches: list("heads", call.hub.store.branches(repo)),
    tags: list("tags", Object.entries(repo.git_tags)),
    converts: [],
    ...(flag(call.url.searchParams.get("include_prs")) && { pullRequests: [] }),
  })
}

/** `/api/datasets/{id}/commits/{rev}`: newest first, by page number. */
export function commits(call: Call, repo: SampleRepo): void {
  const { hub, route, url } = call
  requireEnabled(repo)
  requireGranted(call.user, repo)
  const history = hub.store.history(hub.store.pin(repo, route.rev ?? "main"))
  const limit = positiveInteger(url.searchParams.get("limit"), "limit") ?? hub.pages.commits
  if (limit > 1000) throw badRequest('"limit" must be less than or equal to 1000')
  const page = url.searchParams.get("p") ?? "0"
  if (!/^\d{1,6}$/.test(page)) throw badRequest('"p" must be a number')
  const from = Number(page) * limit
  const items = history.slice(from, from + limit).map(({ id, title, author, date }) => ({
    id,
    title,
    message: "",
    authors: [{ user: author, avatar: "/avatars/sample.svg" }],
    date,
  }))
  const more = from + limit < history.length
  const link = more ? nextLink(call, { p: String(Number(page) + 1), limit: String(limit) }) : {}
  sendJson(call, items, { "x-total-count": String(history.length), ...link })
}
