import { parseDocument } from "yaml"
import { z } from "zod"
import { Severity } from "./schema.ts"

/** What a dataset says itself about how it wants to be judged: a file at its root. */
export const SETTINGS = ".robokit.yaml"
export const MAX_SETTINGS = 64 * 1024
const MAX_CODES = 500
const MAX_DEPTH = 64

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
  if (nesting(text) > MAX_DEPTH) return refused(`it nests deeper than ${MAX_DEPTH}`)
  let value: unknown
  try {
    const document = parseDocument(text, { schema: "core", merge: false, prettyErrors: false, logLevel: "silent" })
    const [problem] = [...document.errors, ...document.warnings]
    if (problem) return refused(`it is not valid YAML (${problem.code})`)
    value = document.toJS({ maxAliasCount: 0 })
  } catch {
    return refused("it is not plain YAML")
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

/** An upper bound, before any parser recurses: brackets that are open at once, or the steps that an indentation can have. */
function nesting(text: string): number {
  let open = 0
  let most = 0
  for (const char of text) {
    if (char === "[" || char === "{") most = Math.max(most, ++open)
    else if (char === "]" || char === "}") open = Math.max(0, open - 1)
  }
  for (const line of text.split("\n")) most = Math.max(most, /^[ \-?:]*/.exec(line)![0].length)
  return most
}
