import { plural } from "../notes.ts"
import { MAX_LISTED } from "./facts-listing.ts"
import type { Rules } from "./rule.ts"

/** Whether the list of files is all there is. */
export const listingRules = {
  "LISTING-TRUNCATED": {
    on: "dataset",
    title: `The list of files does not end at ${MAX_LISTED.toLocaleString("en")} entries, where the Hub cuts lists off`,
    severity: "info",
    kind: "risk",
    cost: "listing",
    versions: "all",
    needs: [],
    why: "Of BEHAVIOR-1K's 120,000 files a list showed 100,000, and a fifth of the videos seemed to be missing. What a cut list lacks is reported as a warning only, and nothing passes by it.",
    reference: "https://huggingface.co/docs/hub/storage-limits",
    fix: "Ask for files that seem to be missing by their names.",
    check({ listing: { isCut, files } }, report) {
      if (!isCut) return
      report({
        message: `The list of files ends at exactly ${plural(MAX_LISTED, "entry", "entries")}: what it lacks may be there.`,
        evidence: { files: files.length },
      })
    },
  },
} as const satisfies Rules
