import { MAX_SETTINGS, parseSettings, SETTINGS, type DatasetSettings } from "../../../check/settings.ts"
import type { Files } from "../../../files/files.ts"
import { decodeText } from "../text.ts"
import { isFault } from "./fault.ts"
import { lerobotRules } from "./rules.ts"
import type { ListingFacts } from "./subjects.ts"

/** What the dataset's own `.robokit.yaml` says, if there is one. */
export async function ownSettings(files: Files, listing: ListingFacts, signal: AbortSignal): Promise<DatasetSettings> {
  const nothing = { suppress: [], fail_on: undefined, notes: [] }
  const file = listing.files.get(SETTINGS)
  if (!file) return nothing
  if (file.size > MAX_SETTINGS) {
    return { ...nothing, notes: [`${SETTINGS} does not count: it is longer than ${MAX_SETTINGS / 1024} KB.`] }
  }
  try {
    const body = file.size > 0 ? await files.open(file).read(0, file.size, signal) : new Uint8Array()
    return parseSettings(decodeText(body).text, (code) => Object.hasOwn(lerobotRules, code))
  } catch (error) {
    if (!isFault(error)) throw error
    return { ...nothing, notes: [`${SETTINGS} cannot be read: ${error.message}`] }
  }
}
