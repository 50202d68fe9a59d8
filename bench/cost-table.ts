import type { Assumptions, Item, JobInputs, Line, Prices } from "./cost-model.ts"
import { idleLines, jobLines, usd, usdBeyondFree } from "./cost-model.ts"

const RUNS = 1000

export interface CostSources {
  prices: { region: string; taken_on: string; prices: Prices }
  assumptions: Record<string, { value: number; why: string } | string>
  inputs: { taken_on: string; machine: string; rounds: number; rows: JobInputs[] }
}

/** Everything as Markdown, the way it stands in docs/operations.md: figures, their formulas, what was measured and what was not. */
export function costTable({ prices: { region, taken_on, prices }, assumptions, inputs }: CostSources): string {
  const assume = valuesOf(assumptions)
  const parts = [
    `List prices of ${region} as of ${taken_on} (\`packages/core/src/usage/prices.json\`), measured inputs of ${inputs.taken_on} (\`bench/cost-inputs.json\`).`,
    "### Idle, a month",
    linesTable(idleLines(assume), prices),
  ]
  for (const job of inputs.rows) {
    const warm = jobLines(job, assume, { runs: RUNS, cold: false })
    const cold = jobLines(job, assume, { runs: RUNS, cold: true })
    parts.push(
      `### ${RUNS.toLocaleString("en-US")} × ${job.job}`,
      `Of \`${job.sample}\`, import included, in one go and with warm environments. Were every call of a function a cold start: ${dollars(total(cold, prices, usd))}.`,
      linesTable(warm, prices),
      `Measured for one run (medians of ${inputs.rounds} on ${inputs.machine}): ${measured(job)}.`,
    )
  }
  parts.push(
    "Taken for granted, because nothing here can measure it:",
    assumptionsTable(assumptions),
    pricesTable(prices),
  )
  return parts.join("\n\n")
}

function linesTable(lines: Line[], prices: Prices) {
  const rows = lines.map(
    ({ item, quantity, formula, figures }) =>
      `| ${item} | ${formula}<br>= ${figures} | ${amount(quantity)} | ${dollars(usd(prices[item], quantity))} | ${dollars(usdBeyondFree(prices[item], quantity))} |`,
  )
  return [
    "| item | formula, with the figures | quantity | list price | beyond the free tier |",
    "| --- | --- | ---: | ---: | ---: |",
    ...rows,
    `| **total** | | | **${dollars(total(lines, prices, usd))}** | **${dollars(total(lines, prices, usdBeyondFree))}** |`,
  ].join("\n")
}

const total = (lines: Line[], prices: Prices, price: typeof usd) =>
  lines.reduce((sum, { item, quantity }) => sum + price(prices[item], quantity), 0)

const measured = (job: JobInputs) =>
  Object.entries(job)
    .filter(([, value]) => typeof value === "number")
    .map(([name, value]) => `${name} ${value.toLocaleString("en-US")}`)
    .join(", ")

const assumptionsTable = (assumptions: CostSources["assumptions"]) =>
  [
    "| name | value | why |",
    "| --- | ---: | --- |",
    ...Object.entries(assumptions).flatMap(([name, each]) =>
      typeof each === "string" ? [] : [`| ${name} | ${each.value.toLocaleString("en-US")} | ${each.why} |`],
    ),
  ].join("\n")

const pricesTable = (prices: Prices) =>
  [
    "| item | list price | free every month | seen |",
    "| --- | ---: | ---: | --- |",
    ...(Object.keys(prices) as Item[]).map((item) => {
      const { usd, per, unit, free_a_month, seen } = prices[item]
      const units = per === 1 ? unit : `${per.toLocaleString("en-US")} × ${unit}`
      return `| ${item} | $${usd} per ${units} | ${free_a_month.toLocaleString("en-US")} | ${seen} |`
    }),
  ].join("\n")

const valuesOf = (assumptions: CostSources["assumptions"]) =>
  Object.fromEntries(
    Object.entries(assumptions).flatMap(([name, each]) => (typeof each === "string" ? [] : [[name, each.value]])),
  ) as unknown as Assumptions

const amount = (value: number) => Number(value.toPrecision(3)).toLocaleString("en-US", { maximumFractionDigits: 6 })
const dollars = (value: number) => `$${value === 0 || value >= 0.1 ? value.toFixed(2) : value.toFixed(4)}`
