import { checksPage } from "@robokit/core/check/page"
import { validationSchema } from "@robokit/core/check/report-json"
import { formats } from "@robokit/core/format/registry"
import type { FormatAdapter } from "@robokit/core/format/adapter"

/** Files that say what the registries say, by path. */
export async function derived(): Promise<Record<string, string>> {
  const withRules = await Promise.all(
    Object.values<FormatAdapter>(formats).flatMap(({ title, rules }) =>
      rules ? [rules().then((all) => [title, all] as const)] : [],
    ),
  )
  const codes = [...new Set(withRules.flatMap(([, all]) => Object.keys(all)))]
  return {
    "docs/checks.md": checksPage(Object.fromEntries(withRules)),
    "docs/validation.schema.json": `${JSON.stringify(validationSchema(), null, 2)}\n`,
    "packages/core/src/check/codes.ts": `/** Every code of a rule. Written by \`npm run checks\`; a test compares it with the registries. */
export const CODES = [\n${codes.map((code) => `  ${JSON.stringify(code)},\n`).join("")}] as const
`,
  }
}
