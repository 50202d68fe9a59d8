import { requireEnabled, requireGranted } from "./access.ts"
import type { Call } from "./call.ts"
import { sha256 } from "./git-oid.ts"
import { type FileIds } from "./oids.ts"
import { entryNotFound } from "./refusal.ts"
import type { SampleFile, SampleRepo } from "./repo.ts"
import { sendFile } from "./send-file.ts"
import type { Pinned } from "./store.ts"

interface Found {
  pinned: Pinned
  file: SampleFile
  ids: FileIds
}

/** `/datasets/{id}/resolve/{rev}/{path}`: small git files 307 to this origin, LFS files 302 to the file host. */
export async function resolve(call: Call, repo: SampleRepo): Promise<void> {
  const { hub, res, route, url } = call
  requireEnabled(repo)
  requireGranted(call.user, repo)
  const { pinned, file, ids } = await find(call, repo)
  const commit = pinned.commit.id
  const etag = `"${ids.lfs?.oid ?? ids.oid}"`
  const headers = {
    "x-repo-commit": commit,
    "x-linked-size": String(file.size),
    "x-linked-etag": etag,
    "accept-ranges": "bytes",
    "content-length": "0",
  }
  if (!ids.lfs) {
    const params = `${encodeURIComponent(url.pathname)}=&etag=${encodeURIComponent(etag)}`
    const location = `/api/resolve-cache/datasets/${repo.id}/${commit}/${encodePath(route.path)}?${params}`
    res.writeHead(307, { ...headers, location })
    return void res.end()
  }
  const grant = { repo: repo.id, commit, path: route.path }
  const query = hub.signer.sign(grant, call.fault === "expire")
  // No `X-Xet-Hash` and no `xet-auth` link: the sample Hub has no chunk store, and clients take the header as a promise.
  res.writeHead(302, {
    ...headers,
    location: `${hub.cdn_url}/xet-bridge-us/${repoKey(repo.id)}/${xetHash(ids)}?${query}`,
  })
  res.end()
}

/** `/api/resolve-cache/…`: where small git files are, at a commit. */
export async function resolveCache(call: Call, repo: SampleRepo): Promise<void> {
  requireEnabled(repo)
  requireGranted(call.user, repo)
  const { pinned, file, ids } = await find(call, repo)
  const headers = {
    "x-repo-commit": pinned.commit.id,
    "content-type": "text/plain; charset=utf-8",
    "content-disposition": "inline",
    "cache-control": "private, max-age=31536000, immutable",
  }
  await sendFile(call, file, { etag: `"${ids.lfs?.oid ?? ids.oid}"`, headers, compressible: ids.lfs === null })
}

async function find({ hub, route }: Call, repo: SampleRepo): Promise<Found> {
  const pinned = hub.store.pin(repo, route.rev ?? "main")
  const file = (await hub.store.tree(pinned.commit)).files.get(route.path)
  if (!file) throw entryNotFound(route.path, pinned.commit.id)
  return { pinned, file, ids: await hub.oids.of(pinned, route.path, file) }
}

const encodePath = (path: string) => path.split("/").map(encodeURIComponent).join("/")

/** The repository's `_id`: 24 hex digits, fixed by its name. */
export const repoKey = (id: string) => sha256(`repo ${id}`).slice(0, 24)

/** The file host knows content by another hash than git does; its ETag must not be taken for the sha256. */
export const xetHash = (ids: FileIds) => sha256(`xet ${ids.lfs?.oid ?? ids.oid}`)
