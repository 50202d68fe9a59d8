import { z } from "zod"

export const SEVERITIES = ["error", "warning", "info"] as const
export const Severity = z.enum(SEVERITIES)
export type Severity = z.infer<typeof Severity>

/** `defect`: readers fail or get wrong data. `risk`: they may. `characteristic`: worth knowing, nothing is wrong. */
export const KINDS = ["defect", "risk", "characteristic"] as const
export const Kind = z.enum(KINDS)
export type Kind = z.infer<typeof Kind>

/** How much is read. `metadata`: listing, JSON, tables of meta/, footers, mp4 headers; each word adds to the one before. */
export const DEPTHS = ["metadata", "columns", "full", "decode"] as const
export const Depth = z.enum(DEPTHS)
export type Depth = z.infer<typeof Depth>

export const Where = z.object({
  path: z.string().optional(),
  episode: z.int().optional(),
  /** With more than one occurrence: every episode it was found in, ascending, at most 1,000. */
  episodes: z.array(z.int()).optional(),
  frame: z.int().optional(),
  feature: z.string().optional(),
})
export type Where = z.infer<typeof Where>

export const Evidence = z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()]))
export type Evidence = z.infer<typeof Evidence>

export const Finding = z.object({
  code: z.string(),
  severity: Severity,
  kind: Kind,
  /** Of the worst occurrence, with how many more there are. */
  message: z.string(),
  where: Where,
  /** Numbers of the worst occurrence. */
  evidence: Evidence,
  /** Issue or document. */
  reference: z.string().nullable(),
  /** What to do; a command where one exists. */
  fix: z.string().nullable(),
  occurrences: z.int(),
  /** The first 20 occurrences, when there are several. */
  places: z.array(Where).optional(),
})
export type Finding = z.infer<typeof Finding>

/** What was read of what there is; total is null where it is not known. */
export const Share = z.object({ read: z.int(), total: z.int().nullable() })
export type Share = z.infer<typeof Share>

export const Coverage = z.object({ episodes: Share, files: Share, rows: Share, bytes: Share })
export type Coverage = z.infer<typeof Coverage>

export const NotRun = z.object({ code: z.string(), reason: z.string() })
export type NotRun = z.infer<typeof NotRun>

export const VERDICTS = ["pass", "fail", "not_assessed"] as const
export const Verdict = z.enum(VERDICTS)
export type Verdict = z.infer<typeof Verdict>

/** What validation gives, for every format. Published as a JSON Schema. */
export const Validation = z.object({
  verdict: Verdict,
  /** One sentence: why. */
  reason: z.string(),
  depth: Depth,
  fail_on: Severity,
  counts: z.object({ error: z.int(), warning: z.int(), info: z.int() }),
  /** Worst first. */
  findings: z.array(Finding),
  /** Found, and asked not to be told of. */
  suppressed: z.array(z.object({ code: z.string(), occurrences: z.int() })),
  coverage: Coverage,
  rules_run: z.int(),
  not_run: z.array(NotRun),
  notes: z.array(z.string()),
  read: z.object({ requests: z.int(), bytes: z.int(), files: z.int() }),
})
export type Validation = z.infer<typeof Validation>
