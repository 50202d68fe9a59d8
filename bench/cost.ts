/** `npm run cost [-- --write]`: what a deployment costs, reckoned from the files beside this one; `--write` puts it into docs/operations.md. */
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { type CostSources, costTable } from "./cost-table.ts"
import { between } from "./marks.ts"

const PAGE = fileURLToPath(new URL("../docs/operations.md", import.meta.url))
const read = (name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"))

const table = costTable({
  prices: read("../packages/core/src/usage/prices.json"),
  assumptions: read("assumptions.json"),
  inputs: read("cost-inputs.json"),
} satisfies CostSources)

console.log(table)
if (process.argv.includes("--write")) writeFileSync(PAGE, between(readFileSync(PAGE, "utf8"), "cost", table))
