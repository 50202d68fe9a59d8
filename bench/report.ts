import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { between } from "./marks.ts"

const at = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Rows of the same fields as a Markdown table; one row alone is written down the page. */
export function table(rows: readonly object[]): string {
  if (rows.length === 1) {
    const [row] = rows
    return [
      "| | |",
      "| --- | ---: |",
      ...Object.entries(row!).map(([name, value]) => `| ${name} | ${shown(value)} |`),
    ].join("\n")
  }
  const names = Object.keys(rows[0] ?? {})
  return [
    `| ${names.join(" | ")} |`,
    `| ${names.map((_, column) => (column === 0 ? "---" : "---:")).join(" | ")} |`,
    ...rows.map((row) => `| ${Object.values(row).map(shown).join(" | ")} |`),
  ].join("\n")
}

const shown = (value: unknown) => (value === null ? "" : String(value))

/** Writes the figures to `<name>.json` and, as a table, between their marks in README.md. */
export function keep(name: string, figures: { taken_on: string; machine: string; rounds: number; rows: object[] }) {
  writeFileSync(at(`${name}.json`), `${JSON.stringify(figures, null, 2)}\n`)
  const { taken_on, machine, rounds, rows } = figures
  const text = `Taken on ${taken_on}: medians of ${rounds} rounds on ${machine}.\n\n${table(rows)}`
  writeFileSync(at("README.md"), between(readFileSync(at("README.md"), "utf8"), name, text))
}
