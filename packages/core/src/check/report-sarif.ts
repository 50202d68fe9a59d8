import { createHash } from "node:crypto"
import { plainLine } from "./plain.ts"
import { type About, inOrder, placeOf, type ReportForm, type RulesInfo } from "./report.ts"
import { DEPTH_OF } from "./rule.ts"
import type { Evidence, Finding, Severity, Validation, Where } from "./schema.ts"

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
const LEVELS: Record<Severity, "error" | "warning" | "note"> = { error: "error", warning: "warning", info: "note" }
/** Code scanning takes 5,000 of a run and shows the first thousands. */
const MAX_RESULTS = 5000

/** SARIF 2.1.0, for code scanning and editors. What was suppressed or not run is said, too. */
export const reportSarif: ReportForm = {
  file: "report.sarif",
  media_type: "application/sarif+json",
  description: "SARIF 2.1.0 for code scanning and editors.",
  write(validation, about, rules) {
    const codes = Object.keys(rules)
    const run = {
      tool: { driver: driver(rules) },
      columnKind: "utf16CodeUnits",
      originalUriBaseIds: {
        ROOT: { uri: `https://huggingface.co/datasets/${uri(about.repo_id)}/blob/${about.revision}/` },
      },
      versionControlProvenance: [
        { repositoryUri: `https://huggingface.co/datasets/${uri(about.repo_id)}`, revisionId: about.revision },
      ],
      invocations: [invocation(validation, codes)],
      results: validation.findings.slice(0, MAX_RESULTS).map((finding) => result(finding, about, codes)),
      properties: {
        verdict: validation.verdict,
        reason: plainLine(validation.reason),
        depth: validation.depth,
        coverage: validation.coverage,
        suppressed: validation.suppressed,
      },
    }
    return `${JSON.stringify({ $schema: SCHEMA, version: "2.1.0", runs: [run] }, null, 2)}\n`
  },
}

const driver = (rules: RulesInfo) => ({
  name: "RoboKit",
  rules: Object.entries(rules).map(([code, { title, why, fix, reference, severity, kind, cost }]) => ({
    id: code,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: [why, ...(fix ? [fix] : []), ...(reference ? [reference] : [])].join("\n") },
    ...(reference && { helpUri: reference }),
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { kind, depth: DEPTH_OF[cost] },
  })),
})

/** What was not judged is a notification each, so that silence is not taken for soundness. */
const invocation = ({ not_run, notes }: Validation, codes: readonly string[]) => ({
  executionSuccessful: true,
  toolExecutionNotifications: [
    ...not_run.map(({ code, reason }) => ({
      level: "note",
      message: { text: `${code} was not run: ${plainLine(reason)}` },
      associatedRule: { id: code, index: codes.indexOf(code) },
    })),
    ...notes.map((note) => ({ level: "note", message: { text: plainLine(note) } })),
  ],
})

function result(finding: Finding, { repo_id }: About, codes: readonly string[]) {
  const { code, severity, kind, message, evidence, fix, occurrences, where, places = [] } = finding
  const index = codes.indexOf(code)
  const all = places.length ? places : [where]
  return {
    ruleId: code,
    ...(index >= 0 && { ruleIndex: index }),
    level: LEVELS[severity],
    message: { text: plainLine(fix ? `${message} ${fix}` : message) },
    locations: [location(where)],
    ...(all.length > 1 && { relatedLocations: all.map((place, id) => ({ id, ...location(place) })) }),
    partialFingerprints: { "finding/v1": fingerprint(repo_id, finding) },
    occurrenceCount: Math.max(1, occurrences),
    properties: { kind, evidence: plain(evidence), ...(where.episodes && { episodes: where.episodes }) },
  }
}

const plain = (evidence: Evidence): Evidence =>
  Object.fromEntries(
    Object.entries(inOrder(evidence)).map(([name, value]) => [
      name,
      typeof value === "string" ? plainLine(value) : value,
    ]),
  )

/** The same at every commit at which the same thing is wrong in the same place: not the message, whose numbers move. */
const fingerprint = (repo_id: string, { code, where: { path, episode, feature } }: Finding) =>
  createHash("sha256")
    .update(JSON.stringify([repo_id, code, path ?? null, episode ?? null, feature ?? null]))
    .digest("hex")
    .slice(0, 32)

function location(where: Where) {
  const place = placeOf(where)
  return {
    physicalLocation: {
      artifactLocation: { uri: uri(where.path ?? "meta/info.json"), uriBaseId: "ROOT" },
      // Binary files have no lines; code scanning shows nothing without one.
      region: { startLine: 1 },
    },
    ...(place && { logicalLocations: [{ fullyQualifiedName: plainLine(place) }] }),
  }
}

/** A path as a relative reference: no scheme, no way out of the repository. */
const uri = (path: string) =>
  path
    .split("/")
    .filter((segment) => segment !== "" && segment !== "." && segment !== "..")
    .map((segment) => encodeURIComponent(plainLine(segment)))
    .join("/")
