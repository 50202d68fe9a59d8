import { all, type Rule } from "./graph.ts"

export const stages: Rule[] = [
  {
    id: "production-kept",
    title: "production is protected and kept; other stages go without leaving anything",
    check({ app }) {
      const isKept = app.protect === true && app.removal === "retain"
      if (app.stage === "production") return isKept ? [] : [`protect ${app.protect}, removal ${app.removal}`]
      return app.removal === "remove" && !app.protect ? [] : [`protect ${app.protect}, removal ${app.removal}`]
    },
  },
  {
    id: "results-kept",
    title: "no deployment empties production's bucket of results",
    check: (graph) =>
      graph.app.stage === "production"
        ? all(graph, "aws:s3/bucket:Bucket")
            .filter(({ name, inputs }) => name.startsWith("Artifacts") && inputs.forceDestroy !== false)
            .map(({ name }) => `${name} would be`)
        : [],
  },
]
