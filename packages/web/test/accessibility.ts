import axe from "axe-core"
import type { Page } from "playwright-core"

/** Serious violations of WCAG on the page as it is now, as "rule: element". */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations: found } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<import("axe-core").AxeResults> } }).axe.run(),
  )
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`))
}
