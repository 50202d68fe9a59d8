import type { RouterRoute } from "hono/types"
import { createMiddleware } from "hono/factory"
import { httpProblem } from "./problem.ts"

interface Address {
  template: string
  pattern: RegExp
  methods: string[]
}

/** 405 with `Allow` for an address that exists under other methods, 204 with it for `OPTIONS`. */
export const allowedMethods = (app: { routes: RouterRoute[] }) => {
  let addresses: Address[] | undefined
  return createMiddleware(async (c, next) => {
    // At the first request: by then every route is registered.
    addresses ??= addressesOf(app)
    const path = c.req.path
    const address = addresses.find((each) => each.pattern.test(path))
    if (!address) return next()
    const allow = address.methods.join(", ")
    if (c.req.method === "OPTIONS") return c.body(null, 204, { allow })
    if (address.methods.includes(c.req.method)) return next()
    c.header("allow", allow)
    return httpProblem(c, 405, "method_not_allowed", "Method not allowed", `Here one may ${allow}.`)
  })
}

function addressesOf(app: { routes: RouterRoute[] }): Address[] {
  const byTemplate = Map.groupBy(
    app.routes.filter((each) => each.method !== "ALL"),
    (each) => each.path,
  )
  const addresses = [...byTemplate].map(([template, routes]) => {
    const methods = new Set(routes.map((each) => each.method))
    if (methods.has("GET")) methods.add("HEAD")
    methods.add("OPTIONS")
    const pattern = new RegExp(`^${template.replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}$`)
    return { template, pattern, methods: [...methods].sort() }
  })
  // A fixed word wins over a parameter in the same place, as it does in the router.
  return addresses.sort((a, b) => parametersIn(a) - parametersIn(b))
}

const parametersIn = (address: Address) => address.template.split(":").length
