import type { IncomingMessage, ServerResponse } from "node:http"
import type { SampleUser } from "./access.ts"
import type { FaultAction } from "./faults.ts"
import type { Oids } from "./oids.ts"
import type { Refusal } from "./refusal.ts"
import type { Kind, Route } from "./route.ts"
import type { Signer } from "./signer.ts"
import type { Store } from "./store.ts"

/** What every handler needs of the server. */
export interface HubState {
  store: Store
  oids: Oids
  signer: Signer
  /** Origin of the file host. */
  cdn_url: string
  /** Default and largest pages, entries. */
  pages: { search: number; tree: number; tree_expanded: number; commits: number }
  bytes: Record<Kind, number>
}

export interface Call {
  hub: HubState
  req: IncomingMessage
  res: ServerResponse
  url: URL
  route: Route
  user: SampleUser | null
  /** A fault that changes how the right answer is sent. */
  fault: FaultAction | null
}

export function sendJson(call: Call, value: unknown, headers: Record<string, string> = {}, status = 200): void {
  const body = Buffer.from(JSON.stringify(value))
  sendBody(call, status, body, { "content-type": "application/json; charset=utf-8", ...headers })
}

/** Sends a body that is in memory, or the announced half of it under the `truncate` fault. */
export function sendBody(
  { hub, res, req, route, fault }: Call,
  status: number,
  body: Buffer,
  headers: Record<string, string>,
) {
  res.writeHead(status, { ...headers, "content-length": body.length })
  if (req.method === "HEAD") return void res.end()
  if (fault === "truncate") {
    const half = body.subarray(0, body.length >> 1)
    hub.bytes[route.kind] += half.length
    res.write(half)
    return void res.socket?.destroySoon()
  }
  hub.bytes[route.kind] += body.length
  res.end(body)
}

/** Header values carry latin-1 only, and messages quote what the caller sent. */
const headerSafe = (text: string) => text.replaceAll(/[^\x20-\x7e]/g, "?")

export function sendRefusal(call: Call, refusal: Refusal): void {
  const headers: Record<string, string> = { "x-error-message": headerSafe(refusal.message), ...refusal.headers }
  if (refusal.code) headers["x-error-code"] = refusal.code
  if (refusal.status === 401) headers["www-authenticate"] = 'Bearer realm="Authentication required"'
  sendJson(call, { error: refusal.message }, headers, refusal.status)
}

/** The same address with other parameters, absolute, on the host the caller used. */
export function nextLink({ req, url }: Call, params: Record<string, string>): Record<string, string> {
  const next = new URL(url)
  next.host = req.headers.host ?? url.host
  for (const [name, value] of Object.entries(params)) next.searchParams.set(name, value)
  return { link: `<${next.href}>; rel="next"` }
}

export const flag = (value: string | null | undefined) =>
  value !== null && value !== undefined && /^(true|1|)$/i.test(value)
