import { randomBytes, randomUUID } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import { setTimeout } from "node:timers/promises"
import { authenticate, requireVisible, type Tokens } from "./access.ts"
import { type Call, type HubState, sendRefusal } from "./call.ts"
import { serveCdn } from "./cdn.ts"
import { answerFault } from "./fault-answer.ts"
import { type FaultAction, type Faults, isPrelude } from "./faults.ts"
import { info } from "./info.ts"
import { bucketOf, type Limits } from "./limits.ts"
import { commits, refs } from "./refs.ts"
import { badRequest, Refusal } from "./refusal.ts"
import type { SampleRepo } from "./repo.ts"
import { resolve, resolveCache } from "./resolve.ts"
import { type Kind, noSuchPage, parseRoute, type Route } from "./route.ts"
import { search } from "./search.ts"
import { pathsInfo, tree } from "./tree.ts"
import { authCheck, whoami } from "./whoami.ts"

interface Parts {
  origin: "api" | "cdn"
  hub: HubState
  faults: Faults
  limits: Limits
  tokens: Tokens
  requests: Record<Kind, number>
  leaked_tokens: string[]
}

/** What is asked of one repository, once it is known to be there and visible. */
const OF_REPO: Partial<Record<Kind, (call: Call, repo: SampleRepo) => void | Promise<void>>> = {
  info,
  tree,
  paths_info: pathsInfo,
  refs,
  auth_check: authCheck,
  commits,
  resolve,
  resolve_cache: resolveCache,
}

const EXPOSED =
  "X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,Accept-Ranges,Content-Range,X-Linked-Size,X-Linked-ETag"

/** The listener of one of the two origins. */
export function handler(parts: Parts) {
  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const call: Call = {
      hub: parts.hub,
      req,
      res,
      url: new URL("http://hub.invalid/"),
      route: { kind: parts.origin === "cdn" ? "cdn" : "other", repo: null, rev: null, path: "" },
      user: null,
      fault: null,
    }
    res.setHeader(
      "x-request-id",
      `Root=1-${randomBytes(4).toString("hex")}-${randomBytes(12).toString("hex")};${randomUUID()}`,
    )
    res.setHeader("access-control-allow-origin", "*")
    res.setHeader("access-control-expose-headers", EXPOSED)
    try {
      await serve(parts, call)
    } catch (cause) {
      if (cause instanceof Refusal && !res.headersSent) return sendRefusal(call, cause)
      // Either a bug here or a sample file that went away while it was sent; the reader sees a cut connection.
      console.error("sample hub:", req.method, call.url.pathname, call.route, cause)
      if (res.headersSent) res.destroy()
      else sendRefusal(call, new Refusal(500, "Internal Error"))
    }
  }
}

async function serve(parts: Parts, call: Call): Promise<void> {
  const { hub, req } = call
  call.url = readUrl(req)
  call.route = parts.origin === "cdn" ? cdnRoute(call) : parseRoute(call.url.pathname)
  const kind = call.route.kind
  const n = (parts.requests[kind] += 1)
  if (parts.origin === "cdn" && req.headers.authorization !== undefined)
    parts.leaked_tokens.push(req.headers.authorization)
  const repo = call.route.repo === null ? undefined : hub.store.find(call.route.repo)
  const withinQuota = parts.origin === "cdn" || takeQuota(parts.limits, call)

  const range = req.headers.range ?? null
  for (const action of parts.faults.take({ kind, repo: repo?.id ?? null, path: call.route.path, n, range })) {
    if (isPrelude(action)) await prelude(action)
    else if (await answerFault(call, action)) return
    else call.fault = action
  }
  if (!withinQuota) throw new Refusal(429, "We had to rate limit you. Please retry later.")
  if (req.method === "OPTIONS") return preflight(call)
  if (req.method !== "GET" && req.method !== "HEAD" && !(req.method === "POST" && kind === "paths_info")) {
    throw new Refusal(405, "Method Not Allowed", null, { allow: "GET, HEAD, OPTIONS" })
  }
  if (kind === "cdn") return serveCdn(call)
  call.user = authenticate(req, parts.tokens)
  if (kind === "search") return search(call)
  if (kind === "whoami") return whoami(call)
  const answer = OF_REPO[kind]
  if (!answer) throw noSuchPage()
  const visible = requireVisible(call.user, repo)
  if (visible.id !== call.route.repo) return redirectToName(call, visible.id)
  if (kind === "paths_info" && req.method !== "POST") throw noSuchPage()
  await answer(call, visible)
}

function readUrl(req: IncomingMessage): URL {
  // The path alone: what the request line or the Host header claim about the host must not matter.
  const path = req.url ?? "/"
  const base = `http://127.0.0.1:${req.socket.localPort}`
  const url = path.startsWith("/") ? URL.parse(base + path) : null
  if (!url) throw badRequest("Malformed URI")
  return url
}

function cdnRoute({ hub, url }: Call): Route {
  const grant = hub.signer.peek(url.searchParams)
  return { kind: "cdn", repo: grant?.repo ?? null, rev: grant?.commit ?? null, path: grant?.path ?? "" }
}

function takeQuota(limits: Limits, { req, res, route }: Call): boolean {
  const token = req.headers.authorization
  const caller = token ?? req.socket.remoteAddress ?? "gone"
  const { allowed, headers } = limits.take(caller, token !== undefined, bucketOf(route.kind))
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  return allowed
}

async function prelude(action: Extract<FaultAction, { delay_ms: number } | { run: () => void }>): Promise<void> {
  if ("run" in action) action.run()
  else await setTimeout(action.delay_ms)
}

function preflight({ res }: Call): void {
  const allow = { "access-control-allow-methods": "GET, HEAD, POST", "access-control-allow-headers": "*" }
  res.writeHead(204, allow).end()
}

/** A former name, or the right one in another case: the same address under the present name. */
function redirectToName({ res, url, route }: Call, id: string): void {
  const parts = url.pathname.split("/")
  const at = route.kind === "resolve" ? 2 : route.kind === "resolve_cache" ? 4 : 3
  parts.splice(at, 2, ...id.split("/"))
  res.writeHead(307, { location: parts.join("/") + url.search, "content-length": 0 }).end()
}
