/** What the one origin of portal and API serves and says: plain data for the laptop (packages/local) and AWS (infra). */

/** Everything at or below these belongs to the API, every other address to the portal. */
export const API_PATHS = ["/api", "/badge", "/schemas", "/docs", "/openapi.json", "/health", "/ready"] as const

/** Where the real Hub sends those who ask it for a file. */
export const HUB_FILES = ["https://*.huggingface.co", "https://*.hf.co"]

/** Where pictures and videos of datasets come from when the Hub is the real one. */
export const HUB_MEDIA = ["https://huggingface.co", ...HUB_FILES]

/** Vite puts a hash into the names of what it writes to `assets/`; everything else may change under its name. */
export const CACHE = { assets: "public, max-age=31536000, immutable", others: "no-cache" }

/** Headers of the portal's pages. @param media_origins where images and videos of datasets may come from. */
export function portalHeaders(media_origins: readonly string[]) {
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
