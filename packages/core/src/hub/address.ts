import { BlockList, isIP } from "node:net"
import { config } from "../config.ts"
import { AppError } from "../error.ts"

const encode = (path: string) => path.split("/").map(segment).join("/")

/** One segment of a path. `.` and `..` cannot be escaped: a URL resolves them in every spelling, so they are refused. */
function segment(text: string): string {
  if (text !== "." && text !== "..") return encodeURIComponent(text)
  throw new AppError("invalid_params", `"${text}" is no part of a name, a revision or a path.`)
}

/** A fixed host and a path made of encoded segments: nothing a user sends can choose where a request goes. */
function at(path: string, query: Record<string, string | readonly string[] | undefined> = {}): URL {
  const url = new URL(path, `${new URL(config().HF_ENDPOINT).origin}/`)
  for (const [name, value] of Object.entries(query)) {
    for (const each of value === undefined ? [] : [value].flat()) url.searchParams.append(name, each)
  }
  return url
}

export const searchAddress = (query: Record<string, string | readonly string[] | undefined>) =>
  at("/api/datasets", query)

/** `/api/datasets/{owner}/{name}/{tail}`; the tail's segments are encoded here, a revision as one segment. */
export const apiAddress = (repo_id: string, tail: readonly string[] = [], query: Parameters<typeof at>[1] = {}) =>
  at(`/api/datasets/${[encode(repo_id), ...tail.map(segment)].join("/")}`, query)

export const resolveAddress = (repo_id: string, revision: string, path: string) =>
  at(`/datasets/${encode(repo_id)}/resolve/${segment(revision)}/${encode(path)}`)

export const isEndpoint = (url: URL) => url.origin === new URL(config().HF_ENDPOINT).origin

/**
 * Whether a redirect may be followed: to the Hub itself, to its file hosts over https, or to an origin the operator
 * listed. Everything else, and so every private address, is refused; never from https to http, and to this machine only
 * when the Hub itself is on it.
 */
function mayFollow(url: URL): boolean {
  if (url.username || url.password) return false
  if (isEndpoint(url)) return true
  const endpoint = new URL(config().HF_ENDPOINT)
  if (endpoint.protocol === "https:" && url.protocol !== "https:") return false
  if (isPrivate(url.hostname) && !LOOPBACK.test(endpoint.hostname)) return false
  const listed = config()
    .HF_REDIRECT_HOSTS.split(",")
    .map((each) => each.trim())
  if (listed.includes(url.origin)) return true
  return url.protocol === "https:" && url.port === "" && /^(?:[\w-]+\.)+hf\.co$|^huggingface\.co$/.test(url.hostname)
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/
const PRIVATE = new BlockList()
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const)
  PRIVATE.addSubnet(net, bits)
for (const [net, bits] of [
  ["::", 127],
  ["fc00::", 7],
  ["fe80::", 10],
] as const)
  PRIVATE.addSubnet(net, bits, "ipv6")

/** A literal address of a network that is not the internet. The URL parser has brought every spelling into one form. */
function isPrivate(hostname: string): boolean {
  if (LOOPBACK.test(hostname)) return true
  const bare = hostname.replace(/^\[|\]$/g, "")
  const version = isIP(bare)
  return version !== 0 && PRIVATE.check(bare, version === 6 ? "ipv6" : "ipv4")
}

/** The address a `Location` or `Link` names, if it may be asked. @throws AppError `hub_bad_answer` */
export function follow(location: string | null, from: URL): URL {
  if (location === null || !URL.canParse(location, from.href)) {
    throw new AppError("hub_bad_answer", "The Hub redirected to nowhere.")
  }
  const url = new URL(location, from)
  if (mayFollow(url)) return url
  throw new AppError(
    "hub_bad_answer",
    `The Hub redirected to ${url.protocol}//${url.host.slice(0, 100)}, which is not one of its hosts.`,
  )
}
