import { createReadStream } from "node:fs"
import type { IncomingMessage, ServerResponse } from "node:http"
import { pipeline } from "node:stream/promises"
import { refuse } from "./error.ts"
import type { Bucket, StoredObject } from "./store.ts"

/** GetObject and HeadObject. */
export async function sendObject(
  request: IncomingMessage,
  response: ServerResponse,
  bucket: Bucket,
  object: StoredObject,
  query: URLSearchParams,
) {
  const asked = request.headers
  if (asked["if-match"] && asked["if-match"] !== object.etag) refuse("PreconditionFailed")
  if (asked["if-none-match"] === object.etag) {
    response.writeHead(304, { etag: object.etag }).end()
    return
  }
  const headers: Record<string, string> = {
    "accept-ranges": "bytes",
    etag: object.etag,
    "last-modified": new Date(object.modified).toUTCString(),
    "content-type": "binary/octet-stream",
    ...object.headers,
  }
  for (const [name, value] of query) {
    if (name.startsWith("response-")) headers[name.slice("response-".length)] = value
  }
  const range = rangeOf(asked.range, object.size)
  if (range) headers["content-range"] = `bytes ${range.start}-${range.end}/${object.size}`
  else if (asked["x-amz-checksum-mode"] === "ENABLED") {
    if (object.crc32) headers["x-amz-checksum-crc32"] = object.crc32
    if (object.sha256) headers["x-amz-checksum-sha256"] = object.sha256
  }
  const { start, end } = range ?? { start: 0, end: object.size - 1 }
  headers["content-length"] = String(end - start + 1)
  response.writeHead(range ? 206 : 200, headers)
  if (request.method === "HEAD" || object.size === 0) {
    response.end()
    return
  }
  await pipeline(createReadStream(bucket.path(object.file), { start, end }), response)
}

/** First and last byte; `undefined` for the whole object, which is also the answer to a range S3 cannot read. */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? "")
  if (!found || (!found[1] && !found[2])) return undefined
  const start = found[1] ? Number(found[1]) : Math.max(0, size - Number(found[2]))
  const end = found[1] && found[2] ? Math.min(Number(found[2]), size - 1) : size - 1
  if (start > end) refuse("InvalidRange", "The requested range is not satisfiable")
  return { start, end }
}
