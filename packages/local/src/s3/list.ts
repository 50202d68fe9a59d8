import { refuse } from "./error.ts"
import type { Bucket } from "./store.ts"
import type { Xml } from "./xml.ts"

const MOST_KEYS = 1000

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** ListObjectsV2: keys in the order of their UTF-8 bytes, folded at the delimiter. */
export function listObjects(bucket: Bucket, query: URLSearchParams): { [name: string]: Xml } {
  if (query.has("encoding-type")) refuse("NotImplemented", "encoding-type is not supported here")
  const prefix = query.get("prefix") ?? ""
  const delimiter = query.get("delimiter") ?? ""
  const limit = Math.min(Number(query.get("max-keys") ?? MOST_KEYS), MOST_KEYS)
  if (!Number.isInteger(limit) || limit < 0) refuse("InvalidArgument", "max-keys")
  const token = query.get("continuation-token")
  const after = token === null ? (query.get("start-after") ?? "") : Buffer.from(token, "base64url").toString()

  const contents: Xml[] = []
  const prefixes: Xml[] = []
  let last = after
  let more = false
  for (const key of [...bucket.objects.keys()].filter((each) => each.startsWith(prefix)).sort(byBytes)) {
    const cut = delimiter ? key.indexOf(delimiter, prefix.length) : -1
    const entry = cut < 0 ? key : key.slice(0, cut + delimiter.length)
    if (byBytes(entry, last) <= 0) continue
    if (contents.length + prefixes.length >= limit) {
      more = true
      break
    }
    last = entry
    if (cut >= 0) prefixes.push({ Prefix: entry })
    else {
      const { etag, size, modified } = bucket.get(key)
      const LastModified = new Date(modified).toISOString()
      contents.push({ Key: key, LastModified, ETag: etag, Size: size, StorageClass: "STANDARD" })
    }
  }
  return {
    Name: bucket.name,
    Prefix: prefix,
    Delimiter: delimiter || undefined,
    KeyCount: contents.length + prefixes.length,
    MaxKeys: limit,
    IsTruncated: more,
    ContinuationToken: token ?? undefined,
    NextContinuationToken: more ? Buffer.from(last).toString("base64url") : undefined,
    Contents: contents,
    CommonPrefixes: prefixes,
  }
}
