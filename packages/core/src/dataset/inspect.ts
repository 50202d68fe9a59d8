import { hubFiles } from "../files/hub.ts"
import type { Usage } from "../files/files.ts"
import { watched } from "../files/watched.ts"
import { detectFormat, type Detected } from "../format/detect.ts"
import type { Card } from "../format/schema.ts"
import { Hub } from "../hub/hub.ts"
import { PERSON_PATIENCE } from "../hub/request.ts"
import type { Create, ImportUsage } from "./schema.ts"

/** Reading to name a format is a handful of small files; more than this is not worth an answer. */
const BUDGET_BYTES = 32 * 1024 * 1024

export interface Pinned {
  repo_id: string
  revision: string
  requested_revision: string
  requested_format: Create["format_type"]
  card: Card
  access: { private: boolean; gated: boolean }
}

/** Resolves the revision to a commit: one request. */
export async function pin({ source, format_type }: Create, usage: Usage): Promise<Pinned> {
  const pinned = await Hub.pin(source.repo_id, source.revision, usage)
  return {
    repo_id: pinned.repo_id,
    revision: pinned.revision,
    requested_revision: source.revision,
    requested_format: format_type,
    card: pinned.card,
    access: { private: pinned.private, gated: pinned.gated },
  }
}

/** Adds where the repository's branches and tags are now: one request. */
export async function withRefs(pinned: Pinned, usage: Usage): Promise<Pinned> {
  return { ...pinned, card: { ...pinned.card, refs: await Hub.refs(pinned.repo_id, usage) } }
}

/** Lets the adapters name the format of the pinned commit, and says what that and all before it cost. */
export async function detect(
  { repo_id, revision, requested_format }: Pinned,
  usage: Usage,
): Promise<Detected & { import_usage: ImportUsage }> {
  const source = hubFiles({ repo_id, revision }, { usage, budget_bytes: BUDGET_BYTES, patience: PERSON_PATIENCE })
  const { files, paths } = watched(source)
  const detected = await detectFormat({ repo_id, files }, requested_format)
  const { requests, bytes } = usage
  return { ...detected, import_usage: { requests, bytes, files: paths.size, paths: [...paths].slice(0, 100) } }
}
