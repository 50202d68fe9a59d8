import { type Call, sendBody } from "./call.ts"
import { xetHash } from "./resolve.ts"
import { sendFile } from "./send-file.ts"

const MEDIA_TYPES: Record<string, string> = {
  mp4: "video/mp4",
  webm: "video/webm",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
}

/** The file host: a signed address is all it asks for, and any `Authorization` is none of its business. */
export async function serveCdn(call: Call): Promise<void> {
  const { hub, url } = call
  const grant = call.fault === "expire" ? null : hub.signer.open(url.searchParams)
  if (!grant) return denied(call)
  const repo = hub.store.find(grant.repo)!
  const pinned = hub.store.pin(repo, grant.commit)
  const file = (await hub.store.tree(pinned.commit)).files.get(grant.path)!
  const ids = await hub.oids.of(pinned, grant.path, file)
  const extension = grant.path.slice(grant.path.lastIndexOf(".") + 1).toLowerCase()
  const type = Object.hasOwn(MEDIA_TYPES, extension) ? MEDIA_TYPES[extension]! : "application/octet-stream"
  const headers = { "content-type": type, "cache-control": "public, max-age=31536000" }
  await sendFile(call, file, { etag: `"${xetHash(ids)}"`, headers, compressible: false })
}

function denied(call: Call): void {
  const body =
    '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access denied</Message></Error>'
  sendBody(call, 403, Buffer.from(body), { "content-type": "text/xml" })
}
