import type { Listing } from "../dataset/schema.ts"
import { AppError } from "../error.ts"
import type { FileEntry, Files } from "../files/files.ts"
import type { Glimpse, Recognition } from "./adapter.ts"
import { listingOf } from "./listing.ts"
import { formats } from "./registry.ts"
import type { FormatType } from "./schema.ts"

/** One page of the Hub's tree. */
const FIRST_PAGE = 1000

export interface Detected {
  format_type: FormatType
  version: string | null
  /** What was recognised and why, and what the more specific formats missed; sentences for people. */
  reason: string
  /** What the one page of the listing that was read anyway says about the files. */
  listing: Listing
}

/**
 * Names the format of a repository. `auto` asks every adapter, most specific first; a named format is asked alone.
 *
 * @throws AppError `format_unsupported` when nothing that can be read was recognised, with the adapter's reason.
 */
export async function detectFormat(
  { repo_id, files }: { repo_id: string; files: Files },
  wanted: "auto" | FormatType,
): Promise<Detected> {
  const glimpse = await look(repo_id, files)
  const listing = listingOf(glimpse.first, glimpse.complete)
  if (wanted !== "auto") return { ...accept(wanted, await formats[wanted].recognise(glimpse), []), listing }

  const missed: string[] = []
  for (const adapter of Object.values(formats)) {
    const recognition = await adapter.recognise(glimpse)
    if (recognition.recognised) return { ...accept(adapter.id, recognition, missed), listing }
    missed.push(`${adapter.title}: ${recognition.reason}`)
  }
  throw new AppError("format_unsupported", `No format was recognised in ${repo_id}. ${missed.join(". ")}.`)
}

function accept(id: FormatType, recognition: Recognition, missed: string[]): Omit<Detected, "listing"> {
  if (!recognition.recognised) {
    throw new AppError("format_unsupported", `This is not a ${formats[id].title} dataset: ${recognition.reason}.`, {
      user_action: 'Import it with format_type "auto" and let the adapters decide.',
    })
  }
  if (!recognition.supported) {
    throw new AppError("format_unsupported", recognition.reason, {
      user_action: 'Import it with format_type "custom" to have its files listed.',
      extra: { recognised_format: id },
    })
  }
  const others = missed.length ? ` Asked before it: ${missed.join("; ")}.` : ""
  return { format_type: id, version: recognition.version, reason: recognition.reason + others }
}

async function look(repo_id: string, files: Files): Promise<Glimpse> {
  const first: FileEntry[] = []
  let complete = true
  for await (const file of files.list()) {
    first.push(file)
    if (first.length < FIRST_PAGE) continue
    complete = false
    break
  }
  // The listing is depth first, so the root folder's end may lie behind a hundred thousand data files.
  const root = complete ? rootOf(first) : await files.folder()
  return { repo_id, root, first, complete, files }
}

function rootOf(all: readonly FileEntry[]) {
  const folders = new Set(all.flatMap(({ path }) => (path.includes("/") ? [path.slice(0, path.indexOf("/"))] : [])))
  return { files: all.filter(({ path }) => !path.includes("/")), folders: [...folders] }
}
