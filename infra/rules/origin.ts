import { API_PATHS, portalHeaders, HUB_MEDIA } from "@robokit/functions/origin"
import { FUNCTIONS } from "@robokit/functions/sizes"
import { all, lambda, type Graph, type Rule } from "./graph.ts"

/** `kind,namespace,host,path` of each route in the router's table. */
const routes = ({ resources }: Graph) =>
  resources
    .filter(({ type, name }) => type.endsWith("KvRoutesUpdate") || name.endsWith("KvRoutesUpdate"))
    .map(({ inputs }) => {
      const [kind, , , path] = String(inputs.entry).split(",")
      // SST writes the root as nothing.
      return { kind, path: path || "/" }
    })

export const origin: Rule[] = [
  {
    id: "one-origin",
    title: `${API_PATHS.join(", ")} go to the API, all else to the portal, on one origin`,
    check(graph) {
      const due = [...API_PATHS.map((path) => `url ${path}`), "site /"]
      const made = routes(graph).map(({ kind, path }) => `${kind} ${path}`)
      const distributions = all(graph, "aws:cloudfront/distribution:Distribution").length
      return [
        ...due.filter((each) => !made.includes(each)).map((each) => `${each} is missing`),
        ...made.filter((each) => !due.includes(each)).map((each) => `${each} is one too many`),
        ...(distributions === 1 ? [] : [`${distributions} distributions`]),
      ]
    },
  },
  {
    id: "patience",
    title: "the router waits for the API as long as the API may take",
    check: (graph) =>
      graph.resources
        .filter(({ name, inputs }) => name.startsWith("RouterRoute/") && inputs.entries?.metadata)
        .flatMap(({ name, inputs }) => {
          const waits = JSON.parse(inputs.entries.metadata).origin?.timeouts?.readTimeout
          return waits >= FUNCTIONS.api.timeout_s ? [] : [`${name}: ${waits ?? "20"} s`]
        }),
  },
  {
    id: "headers",
    title: "pages of the portal have their security headers, the API's answers keep their own",
    check(graph) {
      const policy = all(graph, "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy")[0]?.inputs
      const csp = policy?.securityHeadersConfig?.contentSecurityPolicy
      const isAttached = all(graph, "aws:cloudfront/distribution:Distribution").every(
        ({ inputs }) => inputs.defaultCacheBehavior?.responseHeadersPolicyId,
      )
      return [
        ...(csp?.contentSecurityPolicy === portalHeaders(HUB_MEDIA)["content-security-policy"]
          ? []
          : ["another policy"]),
        ...(csp?.override === false ? [] : ["it overrides the API's"]),
        ...(isAttached ? [] : ["it is not attached"]),
      ]
    },
  },
  {
    id: "function-url",
    title: "the API, and nothing else, has an address, and streams its answers as its handler does",
    check(graph) {
      const urls = all(graph, "aws:lambda/functionUrl:FunctionUrl")
      const api = lambda(graph, "api")?.inputs.name
      if (urls.some(({ inputs }) => inputs.invokeMode !== "RESPONSE_STREAM"))
        return ["the answers would not be streamed"]
      return urls.length === 1 && urls[0]!.inputs.functionName === api
        ? []
        : [`addresses: ${urls.map(({ name }) => name).join(", ") || "none"}`]
    },
  },
]
