import { readFileSync } from "node:fs"
import { Ajv } from "ajv"
import { Ajv2020 } from "ajv/dist/2020.js"
import { describe, expect, test } from "vitest"
import { PAYLOADS } from "../../test/payloads.ts"
import { storable } from "../format/lerobot/text.ts"
import { FORMS } from "./forms.ts"
import { validationSchema } from "./report-json.ts"
import { inMarkdown } from "./report-markdown.ts"
import type { RulesInfo } from "./report.ts"
import { type Finding, SEVERITIES, type Severity, type Validation } from "./schema.ts"
import { conclude } from "./verdict.ts"

const about = { repo_id: "acme/arm", revision: "a".repeat(40) }
const rules: RulesInfo = Object.fromEntries(
  ["INFO-FPS", "EP-COUNT", "EP-SHARDS", "VID-OPEN"].map((code, at) => [
    code,
    {
      title: `What ${code} says & means`,
      severity: SEVERITIES[at % 3] as Severity,
      kind: at % 3 ? ("risk" as const) : ("defect" as const),
      cost: "info",
      versions: "all",
      why: "Readers fail.",
      reference: at ? "https://github.com/huggingface/lerobot/issues/2401" : null,
    },
  ]),
)
const finding = (code: string, severity: Severity, text: string, at = 0): Finding => ({
  code,
  severity,
  kind: "risk",
  message: text,
  where: { path: text, episode: at, frame: at, feature: text },
  evidence: { found: text, expected: 3 },
  reference: text,
  fix: text,
  occurrences: 2,
  places: [{ path: text, episode: at }, { path: "data/file.parquet" }],
})
const share = { read: 1, total: 2 }
const made = (findings: Finding[], text = "It needs full depth."): Validation =>
  storable(
    conclude({
      depth: "metadata",
      fail_on: "error",
      suppress: [{ code: "EP-SHARDS", source: ".robokit.yaml" }],
      findings,
      coverage: { episodes: share, files: share, rows: { read: 0, total: null }, bytes: share },
      rules_run: 3,
      not_run: [{ code: "VID-OPEN", reason: text }],
      notes: [text],
      incomplete: null,
      sampled: null,
      read: { requests: 1, bytes: 1, files: 1 },
    }),
  )
const clean = made([])
const hostile = made(
  PAYLOADS.flatMap((text, at) => [
    finding("INFO-FPS", "error", text, at),
    finding("EP-COUNT", "warning", text, at),
    finding("EP-SHARDS", "info", text, at),
  ]),
  PAYLOADS.join(" "),
)
const write = (name: keyof typeof FORMS, validation: Validation) => FORMS[name].write(validation, about, rules)

describe.each(Object.keys(FORMS) as (keyof typeof FORMS)[])("report.%s", (name) => {
  test("is the same for the same result, well-formed Unicode and free of control characters", () => {
    for (const validation of [clean, hostile]) {
      const text = write(name, validation)
      expect(write(name, validation)).toBe(text)
      expect(text.isWellFormed()).toBe(true)
      // JSON escapes its own.
      if (!name.includes("json"))
        // eslint-disable-next-line no-control-regex -- these are what it is about
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2066\ufffe]/)
    }
  })
})

describe("SARIF", () => {
  const schema = JSON.parse(
    readFileSync(new URL("../../test/sarif-2.1.0.schema.json", import.meta.url), "utf8"),
  ) as object
  const valid = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false, allErrors: true }).compile(
    schema,
  )

  test.each([
    ["a sound dataset", clean],
    ["a hostile one", hostile],
  ])("of %s is valid against the schema of OASIS", (_, validation) => {
    valid(JSON.parse(write("sarif", validation)))
    expect(valid.errors ?? []).toEqual([])
  })

  test("has every rule, a level for each severity, places within the repository and fingerprints that stay", () => {
    const [run] = JSON.parse(write("sarif", hostile)).runs
    expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(Object.keys(rules))
    expect(new Set(run.results.map(({ level }: { level: string }) => level))).toEqual(new Set(["error", "warning"]))
    for (const { locations, ruleId, ruleIndex } of run.results) {
      const { uri } = locations[0].physicalLocation.artifactLocation
      const base = run.originalUriBaseIds.ROOT.uri
      expect(new URL(uri, base).href.startsWith(base), uri).toBe(true)
      expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId)
    }
    const prints = (validation: Validation) =>
      JSON.parse(write("sarif", validation)).runs[0].results.map(
        (each: { partialFingerprints: object }) => Object.values(each.partialFingerprints)[0],
      )
    const one = finding("INFO-FPS", "error", "a/b.parquet", 3)
    expect(prints(made([one]))).toEqual(prints(made([{ ...one, message: "Other numbers.", occurrences: 9 }])))
    expect(prints(made([one]))).not.toEqual(prints(made([{ ...one, where: { ...one.where, episode: 4 } }])))
  })

  test("says what was not run", () => {
    const [run] = JSON.parse(write("sarif", clean)).runs
    expect(run.invocations[0].toolExecutionNotifications[0]).toMatchObject({
      message: { text: "VID-OPEN was not run: It needs full depth." },
      associatedRule: { id: "VID-OPEN", index: 3 },
    })
  })
})

/** Names and attributes of all elements; throws at what is no XML. */
function elements(xml: string) {
  const found: { name: string; attributes: Record<string, string> }[] = []
  const open: string[] = []
  const rest = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "")
  const token = /<(\/?)([\w-]+)((?: [\w-]+="[^"<]*")*)(\/?)>|[^<]+|[^]/gy
  for (const [all, slash, name, attributes = "", empty] of rest.matchAll(token)) {
    if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(all)) throw new Error(`a bare ampersand in ${all}`)
    if (name === undefined) {
      if (all === "<") throw new Error(`a bare < before ${xml.slice(0, 50)}`)
      if (/>/.test(all)) throw new Error(`a bare > in ${all}`)
    } else if (slash) {
      if (open.pop() !== name) throw new Error(`</${name}> ends something else`)
    } else {
      found.push({
        name,
        attributes: Object.fromEntries(
          [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
        ),
      })
      if (!empty) open.push(name)
    }
  }
  if (open.length) throw new Error(`${open.join()} is open at the end`)
  return found
}

describe("JUnit XML", () => {
  test("is well-formed whatever the dataset's names are, and its counts are those of its cases", () => {
    for (const validation of [clean, hostile]) {
      const all = elements(write("junit.xml", validation))
      const count = (name: string) => all.filter((each) => each.name === name).length
      expect(new Set(all.map(({ name }) => name))).toEqual(
        new Set([
          "testsuites",
          "testsuite",
          "testcase",
          "skipped",
          ...(validation === hostile ? ["failure", "system-out"] : []),
        ]),
      )
      expect(all[0]!.attributes).toMatchObject({
        tests: String(count("testcase")),
        failures: String(count("failure")),
        skipped: String(count("skipped")),
      })
      expect(count("testcase")).toBe(Object.keys(rules).length)
    }
  })

  test("errors fail their rule's case, warnings are said, what was not run is skipped", () => {
    const text = write(
      "junit.xml",
      made([finding("INFO-FPS", "error", "fps is 0."), finding("EP-COUNT", "warning", "Two are short.")]),
    )
    expect(text).toMatch(/name="INFO-FPS: [^>]*>\s*<failure type="error" message="fps is 0\.">error: fps is 0\./)
    expect(text).toMatch(/name="EP-COUNT: [^>]*>\s*<system-out>warning: Two are short\./)
    expect(text).toMatch(/name="VID-OPEN: [^>]*>\s*<skipped message="It needs full depth\."\/>/)
    const strict = { ...made([finding("EP-COUNT", "warning", "Two are short.")]), fail_on: "warning" as const }
    expect(write("junit.xml", strict)).toContain('<failure type="warning" message="Two are short.">')
  })
})

describe("Markdown", () => {
  test.each(PAYLOADS.map((text) => [text]))("keeps %j a piece of text", (text) => {
    const shown = inMarkdown(text)
    expect(shown).not.toMatch(/[<>\n]|(?<!\\)[[\]`*_|~$!]|[@#](?!\u2060)|(?<!\\):\/\/|www\.|&(?!amp;|lt;|gt;)/)
  })

  test("has the verdict, what was read, the findings by severity and what was not run", () => {
    const text = write("md", made([finding("INFO-FPS", "error", "fps is 0.")]))
    expect(text).toMatch(/^# Failed: acme\/arm\n\nfps is 0\.\n/)
    expect(text).toContain("| Rows read | 0 of an unknown number |")
    expect(text).toContain("## Errors\n\n- **INFO-FPS** fps is 0.")
    expect(text).toContain("## Not run\n\n- VID-OPEN: It needs full depth.")
    expect(text).not.toContain("## Warnings")
  })
})

describe("GitHub annotations", () => {
  test("are one workflow command a line, whatever the names are", () => {
    const lines = write("annotations.txt", hostile).trimEnd().split("\n")
    expect(lines).toHaveLength(hostile.findings.length)
    for (const line of lines) {
      expect(line).toMatch(/^::(error|warning|notice) file=[^:,\r\n]*,title=[^:,\r\n]*::[^\r\n]*$/)
    }
  })

  test("say percent and separators as GitHub wants them", () => {
    const one: Finding = {
      ...finding("INFO-FPS", "error", "50 % of a:b,c"),
      where: { path: "a:b,c%", episode: 3 },
      fix: null,
    }
    expect(write("annotations.txt", made([one]))).toBe(
      "::error file=a%3Ab%2Cc%25,title=INFO-FPS::50 %25 of a:b,c (episode 3)\n",
    )
  })
})

test("JSON holds the result as it is, valid against its published schema", () => {
  const valid = new Ajv2020({ strict: false }).compile(validationSchema())
  for (const validation of [clean, hostile]) {
    const read = JSON.parse(write("json", validation)) as object
    valid(read)
    expect(valid.errors ?? []).toEqual([])
    expect(read).toEqual({ ...about, ...validation })
  }
  valid({ ...about, ...clean, verdict: "fine" })
  expect(valid.errors).not.toBeNull()
})
