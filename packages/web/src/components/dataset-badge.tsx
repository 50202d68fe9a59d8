import type { Verdict } from "@robokit/core/check/schema"
import type { DatasetInfo, DatasetState } from "@robokit/core/dataset/schema"
import { VERDICT_WORDS } from "../finding-words.ts"
import { Badge } from "./badge.tsx"

const TONES = { pass: "good", fail: "bad", not_assessed: "waiting" } as const satisfies Record<Verdict, string>

const STATES = {
  pending: ["waiting", "Waiting"],
  processing: ["busy", "Processing"],
  failed: ["bad", "Unreadable"],
} as const satisfies Record<Exclude<DatasetState, "completed">, readonly [string, string]>

/** What one asks of a dataset first: its verdict; until there can be one, how far it is. */
export function DatasetBadge({ status, verdict }: Pick<DatasetInfo, "status" | "verdict">) {
  if (status === "completed") {
    const word = verdict ?? "not_assessed"
    return <Badge tone={TONES[word]}>{VERDICT_WORDS[word]}</Badge>
  }
  const [tone, word] = STATES[status]
  return <Badge tone={tone}>{word}</Badge>
}
