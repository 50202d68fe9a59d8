import { requireEnabled } from "./access.ts"
import { type Call, flag, sendJson } from "./call.ts"
import { badRequest } from "./refusal.ts"
import type { SampleRepo } from "./repo.ts"
import { repoKey } from "./resolve.ts"
import type { Pinned } from "./store.ts"

/** Everything `expand` may name (huggingface_hub's `ExpandDatasetProperty_T`), and how it is found. */
const FIELDS: Record<string, (pinned: Pinned, call: Call) => unknown> = {
  author: ({ repo }) => repo.id.split("/")[0],
  cardData: ({ repo }) => cardData(repo),
  citation: () => null,
  createdAt: ({ repo }) => repo.created_at,
  description: ({ repo }) => repo.description,
  disabled: ({ repo }) => repo.disabled ?? false,
  downloads: ({ repo }) => repo.downloads,
  downloadsAllTime: ({ repo }) => repo.downloads,
  gated: ({ repo }) => repo.gated ?? false,
  lastModified: ({ commit }) => commit.date,
  likes: ({ repo }) => repo.likes,
  mainSize: ({ repo }, { hub }) => totalSize({ repo, commit: hub.store.head(repo) }, hub),
  paperswithcode_id: () => null,
  private: ({ repo }) => repo.private ?? false,
  resourceGroup: () => null,
  sha: ({ commit }) => commit.id,
  siblings: (pinned, call) => siblings(pinned, call),
  tags: ({ repo }) => repo.tags,
  trendingScore: ({ repo }) => repo.likes,
  usedStorage: (pinned, { hub }) => totalSize(pinned, hub),
}

const LISTED =
  "author disabled gated lastModified likes private sha description downloads tags createdAt trendingScore".split(" ")
const FULL = [...LISTED, "cardData", "siblings"]
const INFO = [...LISTED, "cardData", "siblings", "usedStorage"]

/** The fields `expand=…` asks for, or null when it asks for none. Unknown ones are a 400. */
export function expanded(params: URLSearchParams): string[] | null {
  const asked = [...params.getAll("expand"), ...params.getAll("expand[]")]
  const unknown = asked.find((each) => !Object.hasOwn(FIELDS, each))
  if (unknown !== undefined) throw badRequest(`"expand" must be one of [${Object.keys(FIELDS).join(", ")}]`)
  return asked.length > 0 ? asked : null
}

export const listedFields = (params: URLSearchParams) => expanded(params) ?? (flag(params.get("full")) ? FULL : LISTED)

export async function describeRepo(call: Call, pinned: Pinned, fields: string[]): Promise<object> {
  const item: Record<string, unknown> = { _id: repoKey(pinned.repo.id), id: pinned.repo.id }
  for (const name of fields) item[name] = await FIELDS[name]!(pinned, call)
  return item
}

/** `/api/datasets/{id}[/revision/{rev}]` */
export async function info(call: Call, repo: SampleRepo): Promise<void> {
  const { hub, route, url } = call
  requireEnabled(repo)
  const fields = expanded(url.searchParams) ?? INFO
  sendJson(call, await describeRepo(call, hub.store.pin(repo, route.rev ?? "main"), fields))
}

async function siblings(pinned: Pinned, { hub, url, route }: Call): Promise<object[]> {
  const { files } = await hub.store.tree(pinned.commit)
  const blobs = route.kind === "info" && flag(url.searchParams.get("blobs"))
  const entries: object[] = []
  for (const [rfilename, file] of files) {
    if (!blobs) {
      entries.push({ rfilename })
      continue
    }
    const { oid, lfs } = await hub.oids.of(pinned, rfilename, file)
    const large = lfs && { lfs: { sha256: lfs.oid, size: lfs.size, pointerSize: lfs.pointerSize } }
    entries.push({ rfilename, size: file.size, blobId: oid, ...large })
  }
  return entries
}

async function totalSize({ commit }: Pinned, { store }: Call["hub"]): Promise<number> {
  let bytes = 0
  for (const { size } of (await store.tree(commit)).files.values()) bytes += size
  return bytes
}

/** The card's front matter as far as the tags repeat it. */
function cardData({ tags }: SampleRepo): object {
  const of = (prefix: string) => tags.filter((tag) => tag.startsWith(prefix)).map((tag) => tag.slice(prefix.length))
  const licence = of("license:")[0]
  const tasks = of("task_categories:")
  const sizes = of("size_categories:")
  const plain = tags.filter((tag) => !tag.includes(":"))
  return {
    ...(licence !== undefined && { license: licence }),
    ...(tasks.length > 0 && { task_categories: tasks }),
    ...(sizes.length > 0 && { size_categories: sizes }),
    ...(plain.length > 0 && { tags: plain }),
  }
}
