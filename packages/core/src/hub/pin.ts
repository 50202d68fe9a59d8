import { z } from "zod"
import type { Usage } from "../files/files.ts"
import type { Card } from "../format/schema.ts"
import { apiAddress } from "./address.ts"
import { hubError } from "./failure.ts"
import { cardOf, Gated, isGated, requestJson } from "./json.ts"
import { PERSON_PATIENCE } from "./request.ts"

export interface Pinned {
  /** As the Hub spells it now: a renamed repository's new name. */
  repo_id: string
  /** 40-hex commit. */
  revision: string
  card: Card
  private: boolean
  gated: boolean
}

const Info = z.object({
  id: z.string().regex(/^[^/\s]+\/[^/\s]+$/),
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  private: z.boolean().optional(),
  disabled: z.boolean().optional(),
  gated: Gated,
  tags: z.array(z.string()).optional(),
  // A repository without a card has none.
  cardData: z.unknown().optional(),
})

// Without `expand` the answer lists every file of the repository.
const EXPAND = ["sha", "private", "disabled", "gated", "tags", "cardData"]

/** The commit a branch, tag or commit names now, in one request. Everything afterwards reads at that commit. */
export async function pin(
  repo_id: string,
  revision: string,
  usage: Usage = { requests: 0, bytes: 0, files: 0 },
): Promise<Pinned> {
  const subject = { repo_id, revision }
  const address = apiAddress(repo_id, ["revision", revision], { expand: EXPAND })
  const { data } = await requestJson(address, Info, { subject, usage, patience: PERSON_PATIENCE })
  if (/^[0-9a-f]{40}$/.test(revision) && data.sha !== revision) {
    throw hubError("hub_bad_answer", `The Hub gave another commit of ${repo_id} than was asked for.`)
  }
  if (data.disabled) throw hubError("hub_repo_disabled", `${repo_id} was disabled on the Hub.`)
  return {
    repo_id: data.id,
    revision: data.sha,
    card: cardOf(data),
    private: data.private ?? false,
    gated: isGated(data.gated),
  }
}
