import { API_PATHS, CACHE, HUB_MEDIA, portalHeaders } from "../packages/functions/src/origin.ts"
import { FUNCTIONS } from "../packages/functions/src/sizes.ts"
import { api } from "./api.ts"
import { portal } from "./builds.ts"
import { stage } from "./stage.ts"

const { "content-security-policy": contentSecurityPolicy, ...others } = portalHeaders(HUB_MEDIA)

/** Said by whatever did not say it itself: the API's answers have their own, stricter. */
const headers = new aws.cloudfront.ResponseHeadersPolicy("PortalHeaders", {
  securityHeadersConfig: {
    contentSecurityPolicy: { contentSecurityPolicy, override: false },
    contentTypeOptions: { override: true },
    referrerPolicy: { referrerPolicy: others["referrer-policy"], override: false },
    strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, override: false },
  },
  customHeadersConfig: {
    items: [{ header: "cross-origin-opener-policy", value: others["cross-origin-opener-policy"], override: false }],
  },
})

/** One origin for portal and API: no CORS, and no address of the API to configure. */
export const router = new sst.aws.Router("Router", {
  ...(stage.domain && { domain: stage.domain }),
  transform: {
    cdn: (args) => {
      args.defaultCacheBehavior = $resolve(args.defaultCacheBehavior).apply((behavior) => ({
        ...behavior,
        responseHeadersPolicyId: headers.id,
      }))
    },
  },
})

for (const path of API_PATHS) {
  // The API may take its time; CloudFront would give up after twenty seconds.
  router.route(path, api.url, { readTimeout: `${FUNCTIONS.api.timeout_s} seconds` })
}

new sst.aws.StaticSite("Portal", {
  path: portal,
  router: { instance: router },
  // The portal knows its own addresses; a script that is missing stays missing.
  errorPage: "index.html",
  assets: {
    routes: ["assets"],
    fileOptions: [
      { files: "**", cacheControl: CACHE.others },
      { files: "assets/**", cacheControl: CACHE.assets },
    ],
  },
})
