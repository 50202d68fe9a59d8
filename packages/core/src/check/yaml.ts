import { parseDocument } from "yaml"

const MAX_DEPTH = 64

/**
 * Plain YAML as it stands in files of strangers: anchors, aliases and tags are refused, nesting is limited to 64.
 *
 * @throws SyntaxError whose message says what it is: "it is not valid YAML (BAD_INDENT)".
 */
export function parseYaml(text: string): unknown {
  if (nesting(text) > MAX_DEPTH) throw new SyntaxError(`it nests deeper than ${MAX_DEPTH}`)
  try {
    const document = parseDocument(text, { schema: "core", merge: false, prettyErrors: false, logLevel: "silent" })
    const [problem] = [...document.errors, ...document.warnings]
    if (problem) throw new SyntaxError(`it is not valid YAML (${problem.code})`)
    return document.toJS({ maxAliasCount: 0 })
  } catch (cause) {
    if (cause instanceof SyntaxError) throw cause
    throw new SyntaxError("it is not plain YAML", { cause })
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
