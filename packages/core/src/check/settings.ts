import { z } from "zod"
import { Severity } from "./schema.ts"
import { parseYaml } from "./yaml.ts"

/** What a dataset says itself about how it wants to be judged: a file at its root. */
export const SETTINGS = ".robokit.yaml"
export const MAX_SETTINGS = 64 * 1024
const MAX_CODES = 500

const Settings = z.looseObject({
  validation: z
    .object({ suppress: z.array(z.string().max(64)).max(MAX_CODES), fail_on: Severity })
    .partial()
    .strict()
    .nullish(),
})

export interface DatasetSettings {
  suppress: string[]
  fail_on: Severity | undefined
  /** Why it, or a part of it, does not count. */
  notes: string[]
}

/**
 * Reads `.robokit.yaml`. One that is broken, or names what is not known, is no fault of the data: it does not count, and a
 * note says so. Anchors, aliases and tags are refused.
 */
export function parseSettings(text: string, isCode: (code: string) => boolean): DatasetSettings {
  const refused = (why: string) => ({
    suppress: [],
    fail_on: undefined,
    notes: [`${SETTINGS} does not count: ${why}.`],
  })
  let value: unknown
  try {
    value = parseYaml(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return refused(error.message)
  }
  const parsed = Settings.safeParse(value ?? {})
  if (!parsed.success) return refused(`${parsed.error.issues[0]!.path.join(".") || "the file"} is not as documented`)
  const { suppress = [], fail_on } = parsed.data.validation ?? {}
  const unknown = suppress.filter((code) => !isCode(code))
  return {
    suppress: [...new Set(suppress.filter(isCode))],
    fail_on,
    notes: unknown.length
      ? [
          `${SETTINGS} suppresses what is no rule: ${unknown
            .slice(0, 10)
            .map((code) => JSON.stringify(code))
            .join(", ")}.`,
        ]
      : [],
  }
}
