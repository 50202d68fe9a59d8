import { badRequest, Refusal } from "./refusal.ts"

/** What a request asks for: the word counters, quotas and faults know it by. */
export type Kind =
  | "search"
  | "info"
  | "tree"
  | "paths_info"
  | "refs"
  | "auth_check"
  | "commits"
  | "whoami"
  | "resolve"
  | "resolve_cache"
  | "cdn"
  | "other"

export interface Route {
  kind: Kind
  /** `owner/name` as asked for, or null where no repository is named. */
  repo: string | null
  /** Branch, tag or commit; null: the default branch. */
  rev: string | null
  /** Path in the repository, `""` for its root. */
  path: string
}

const API: Record<string, Kind> = {
  revision: "info",
  tree: "tree",
  "paths-info": "paths_info",
  refs: "refs",
  "auth-check": "auth_check",
  commits: "commits",
}

/** Reads a Hub address. Throws the Hub's 400 for broken percent-encoding. */
export function parseRoute(pathname: string): Route {
  const other: Route = { kind: "other", repo: null, rev: null, path: "" }
  const parts = pathname.split("/").filter(Boolean).map(decode)
  const [first, second] = parts
  if (first === "datasets") return file("resolve", parts.slice(1)) ?? other
  if (first !== "api") return other
  if (second === "whoami-v2" && parts.length === 2) return { ...other, kind: "whoami" }
  if (second === "resolve-cache" && parts[2] === "datasets") return cached(parts.slice(3)) ?? other
  if (second !== "datasets") return other
  if (parts.length === 2) return { ...other, kind: "search" }
  // A name without an owner is a legal address of no repository here.
  if (parts.length <= 4) return { kind: "info", repo: parts.slice(2).join("/"), rev: null, path: "" }
  const kind = Object.hasOwn(API, parts[4]!) ? API[parts[4]!]! : "other"
  const repo = `${parts[2]}/${parts[3]}`
  if (kind === "refs" || kind === "auth_check") return parts.length === 5 ? { kind, repo, rev: null, path: "" } : other
  const { rev, rest } = revision(parts.slice(5))
  if (kind === "other" || rev === null) return { ...other, repo }
  return { kind, repo, rev, path: rest.join("/") }
}

/** `{owner}/{name}/resolve/{rev}/{path}` */
function file(kind: Kind, parts: string[]): Route | null {
  if (parts[2] !== "resolve") return null
  const { rev, rest } = revision(parts.slice(3))
  return rev !== null && rest.length > 0 ? { kind, repo: `${parts[0]}/${parts[1]}`, rev, path: rest.join("/") } : null
}

/** `{owner}/{name}/{commit}/{path}` */
function cached(parts: string[]): Route | null {
  if (parts.length < 4) return null
  return { kind: "resolve_cache", repo: `${parts[0]}/${parts[1]}`, rev: parts[2]!, path: parts.slice(3).join("/") }
}

/** A revision is one encoded segment, except that full ref names are also taken bare. */
function revision(parts: string[]): { rev: string | null; rest: string[] } {
  const width = parts[0] === "refs" ? 3 : 1
  if (parts.length < width) return { rev: null, rest: [] }
  return { rev: parts.slice(0, width).join("/"), rest: parts.slice(width) }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch (cause) {
    if (cause instanceof URIError) throw badRequest("Malformed URI")
    throw cause
  }
}

export const noSuchPage = () => new Refusal(404, "Sorry, we can't find the page you are looking for.")
