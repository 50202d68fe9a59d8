import { requireEnabled, requireGranted } from "./access.ts"
import { type Call, flag, nextLink, sendJson } from "./call.ts"
import { sha1 } from "./git-oid.ts"
import { badRequest, entryNotFound } from "./refusal.ts"
import type { SampleCommit, SampleRepo } from "./repo.ts"
import type { Pinned } from "./store.ts"
import type { TreeIndex } from "./tree-index.ts"

const MOST_PATHS = 2_000
const LARGEST_BODY = 4 * 1024 * 1024

/** `/api/datasets/{id}/tree/{rev}[/{path}]`, page by page. */
export async function tree(call: Call, repo: SampleRepo): Promise<void> {
  const { hub, route, url } = call
  requireEnabled(repo)
  requireGranted(call.user, repo)
  const pinned = hub.store.pin(repo, route.rev ?? "main")
  const expand = flag(url.searchParams.get("expand"))
  const most = expand ? hub.pages.tree_expanded : hub.pages.tree
  const limit = Math.min(positiveInteger(url.searchParams.get("limit"), "limit") ?? most, most)
  const start = readCursor(url.searchParams.get("cursor"))
  const index = await hub.store.tree(pinned.commit)
  const page = index.page(route.path, flag(url.searchParams.get("recursive")), start, limit)
  if (!page) throw entryNotFound(route.path, pinned.commit.id)
  const entries = await describe(call, pinned, index, page.paths, expand)
  const headers = page.next === null ? {} : nextLink(call, { cursor: writeCursor(page.next) })
  sendJson(call, entries, { "x-repo-commit": pinned.commit.id, ...headers })
}

/** `POST /api/datasets/{id}/paths-info/{rev}` with `paths` and `expand`, as JSON or as a form. */
export async function pathsInfo(call: Call, repo: SampleRepo): Promise<void> {
  const { hub, route } = call
  requireEnabled(repo)
  requireGranted(call.user, repo)
  const pinned = hub.store.pin(repo, route.rev ?? "main")
  const { paths, expand } = await readQuestion(call)
  if (paths.length > MOST_PATHS) throw badRequest(`paths: at most ${MOST_PATHS}`)
  const index = await hub.store.tree(pinned.commit)
  const known = [...new Set(paths)].filter((path) => index.files.has(path) || (path !== "" && index.isFolder(path)))
  sendJson(call, await describe(call, pinned, index, known, expand), { "x-repo-commit": pinned.commit.id })
}

async function describe({ hub }: Call, pinned: Pinned, index: TreeIndex, paths: string[], expand: boolean) {
  const entries: object[] = []
  for (const path of paths) {
    const file = index.files.get(path)
    if (!file) {
      // Stands for the git tree id, which would take hashing every blob below.
      const oid = sha1(`folder ${pinned.repo.id} ${pinned.commit.id} ${path}`)
      entries.push({ type: "directory", oid, size: 0, path, ...(expand && { lastCommit: commitLine(pinned.commit) }) })
      continue
    }
    const { oid, lfs } = await hub.oids.of(pinned, path, file)
    const entry = { type: "file", oid, size: file.size, ...(lfs && { lfs }), path }
    if (!expand) {
      entries.push(entry)
      continue
    }
    const lastCommit = commitLine(await hub.oids.lastChange(pinned, path, file))
    const unscanned = { status: "unscanned" }
    entries.push({
      ...entry,
      lastCommit,
      securityFileStatus: { ...unscanned, avScan: unscanned, pickleImportScan: unscanned },
    })
  }
  return entries
}

const commitLine = ({ id, title, date }: SampleCommit) => ({ id, title, date })

export function positiveInteger(text: string | null, name: string): number | null {
  if (text === null) return null
  if (!/^[1-9]\d{0,8}$/.test(text)) throw badRequest(`"${name}" must be a positive number`)
  return Number(text)
}

const writeCursor = (position: number) => Buffer.from(JSON.stringify({ position })).toString("base64")

function readCursor(text: string | null): number | null {
  if (text === null) return null
  const position = /^\{"position":(\d{1,9})\}$/.exec(Buffer.from(text, "base64").toString())?.[1]
  if (position === undefined) throw badRequest("Invalid cursor")
  return Number(position)
}

async function readQuestion({ req }: Call): Promise<{ paths: string[]; expand: boolean }> {
  const text = await readBody(req)
  if (!/\bjson\b/.test(req.headers["content-type"] ?? "")) {
    const form = new URLSearchParams(text)
    return { paths: [...form.getAll("paths"), ...form.getAll("paths[]")], expand: flag(form.get("expand")) }
  }
  let question: { paths?: unknown; expand?: unknown } | null
  try {
    question = JSON.parse(text)
  } catch (cause) {
    if (cause instanceof SyntaxError) throw badRequest("Invalid JSON")
    throw cause
  }
  const paths = typeof question?.paths === "string" ? [question.paths] : question?.paths
  if (!Array.isArray(paths) || !paths.every((each) => typeof each === "string")) {
    throw badRequest('"paths" must be a list of strings')
  }
  return { paths, expand: question?.expand === true }
}

async function readBody(req: Call["req"]): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LARGEST_BODY) throw badRequest("Request body too large")
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
