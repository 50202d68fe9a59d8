import { hubFiles } from "../files/hub.ts"
import { watched } from "../files/watched.ts"
import { detectFormat, type Detected } from "../format/detect.ts"
import { Hub } from "../hub/hub.ts"
import type { Create, ImportUsage } from "./schema.ts"

export interface Pinned {
  repo_id: string
  revision: string
  requested_revision: string
  requested_format: Create["format_type"]
  card: { licence: string | null; tags: string[] }
  access: { private: boolean; gated: boolean }
  pin_requests: number
}

/** Resolves the revision to a commit: one request. */
export async function pin({ source, format_type }: Create): Promise<Pinned> {
  const usage = { requests: 0, bytes: 0, files: 0 }
  const pinned = await Hub.pin(source.repo_id, source.revision, usage)
  return {
    repo_id: pinned.repo_id,
    revision: pinned.revision,
    requested_revision: source.revision,
    requested_format: format_type,
    card: pinned.card,
    access: { private: pinned.private, gated: pinned.gated },
    pin_requests: usage.requests,
  }
}

/** Lets the adapters name the format of the pinned commit, and says what all of that cost. */
export async function detect(pinned: Pinned): Promise<Detected & { import_usage: ImportUsage }> {
  const { repo_id, revision, requested_format } = pinned
  const { files, paths } = watched(hubFiles({ repo_id, revision }))
  const detected = await detectFormat({ repo_id, files }, requested_format)
  const { requests, bytes } = files.usage
  const import_usage = {
    requests: requests + pinned.pin_requests,
    bytes,
    files: paths.size,
    paths: [...paths].slice(0, 100),
  }
  return { ...detected, import_usage }
}
