import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import type { IncomingMessage, ServerResponse } from "node:http"
import { extname, join, relative, sep } from "node:path"
import { promisify } from "node:util"
import { brotliCompress, constants, gzip } from "node:zlib"
import type { HttpHandler } from "./lambda/http.ts"

const TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
}
const COMPRESSIBLE = /^(text\/|application\/(json|manifest|wasm)|image\/svg)/
const SMALLEST_COMPRESSED = 1024
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }
const ENCODERS = {
  br: (body: Buffer) => promisify(brotliCompress)(body, QUALITY),
  gzip: (body: Buffer) => promisify(gzip)(body),
}
const API = /^\/(api|docs)(\/|$)|^\/(openapi\.json|health|ready)\/?$/

interface Asset {
  body: Buffer
  type: string
  etag: string
  cache: string
  /** Made at the first request that takes it. */
  encoded: Partial<Record<keyof typeof ENCODERS, Promise<Buffer>>>
}

export interface PortalOptions {
  /** The built portal. */
  folder: string
  /** Answers `/api`, `/openapi.json`, `/docs`, `/health` and `/ready` on the same origin. */
  api: HttpHandler
  /** Where images and videos of datasets may come from. */
  media_origins: string[]
}

/** The portal's files, every other address of it as `index.html`, and the API on one origin. */
export function portal({ folder, api, media_origins }: PortalOptions): HttpHandler {
  const assets = readAssets(folder)
  const index = assets.get("/index.html")
  if (!index) throw new Error(`${folder} has no index.html`)
  const security = securityHeaders(media_origins)

  return async (request, response) => {
    // Kept as it was sent: an address such as `/owner/name@v1.0` holds dots, and `%2F` is not a slash.
    const path = (request.url ?? "/").split("?", 1)[0]!
    if (API.test(path)) return api(request, response)
    for (const [name, value] of Object.entries(security)) response.setHeader(name, value)
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end()
      return
    }
    const asset = path === "/" ? index : (assets.get(path) ?? (isPage(request, path) ? index : undefined))
    if (asset) return send(request, response, asset)
    response.writeHead(404, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-cache" })
    response.end("Not found\n")
  }
}

/** Someone who asks for a page gets the portal, which knows its own addresses; a missing script or picture stays missing. */
function isPage(request: IncomingMessage, path: string): boolean {
  const accept = request.headers.accept ?? "*/*"
  return !path.startsWith("/assets/") && (accept.includes("text/html") || accept === "*/*")
}

function readAssets(folder: string): Map<string, Asset> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  return new Map(
    files.map((each) => {
      const file = join(each.parentPath, each.name)
      const path = `/${relative(folder, file).split(sep).join("/")}`
      const body = readFileSync(file)
      const asset: Asset = {
        body,
        type: TYPES[extname(file)] ?? "application/octet-stream",
        etag: createHash("sha256").update(body).digest("base64url").slice(0, 22),
        // Vite puts a hash into the names of what it writes there.
        cache: path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
        encoded: {},
      }
      return [path, asset]
    }),
  )
}

async function send(request: IncomingMessage, response: ServerResponse, asset: Asset) {
  const encoding = encodingFor(request, asset)
  const etag = `"${asset.etag}${encoding ? `-${encoding}` : ""}"`
  const headers: Record<string, string | number> = { etag, "cache-control": asset.cache, vary: "Accept-Encoding" }
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304, headers).end()
    return
  }
  const body = encoding ? await (asset.encoded[encoding] ??= ENCODERS[encoding](asset.body)) : asset.body
  if (encoding) headers["content-encoding"] = encoding
  response.writeHead(200, { ...headers, "content-type": asset.type, "content-length": body.length })
  response.end(request.method === "HEAD" ? undefined : body)
}

function encodingFor(request: IncomingMessage, asset: Asset): keyof typeof ENCODERS | undefined {
  if (!COMPRESSIBLE.test(asset.type) || asset.body.length < SMALLEST_COMPRESSED) return undefined
  const accepted = String(request.headers["accept-encoding"] ?? "")
    .split(",")
    .filter((each) => !/;\s*q=0(\.0*)?\s*$/.test(each))
    .map((each) => each.split(";")[0]!.trim())
  return accepted.includes("br") ? "br" : accepted.includes("gzip") ? "gzip" : undefined
}

function securityHeaders(media_origins: string[]): Record<string, string> {
  const media = ["'self'", "data:", ...media_origins].join(" ")
  return {
    "content-security-policy": [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "font-src 'self'",
      "connect-src 'self'",
      `img-src ${media}`,
      `media-src ${media}`,
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join("; "),
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  }
}
