import type { IncomingMessage, ServerResponse } from "node:http"
import { refuse, S3Error } from "./error.ts"
import { document, type Xml } from "./xml.ts"

const LARGEST_DOCUMENT = 2 * 2 ** 20

/** Before and after the first separator; the second is absent without one. */
export function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)]
}

/** Not through `URL`, which would resolve the dots of a key such as `a/../b`. */
export function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return refuse("InvalidURI", "The address is not valid percent-encoded UTF-8")
  }
}

export async function readDocument(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > LARGEST_DOCUMENT) refuse("EntityTooLarge")
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

export function sendXml(response: ServerResponse, root: string, children: { [name: string]: Xml }) {
  const body = document(root, children)
  response.writeHead(200, { "content-type": "application/xml", "content-length": Buffer.byteLength(body) }).end(body)
}

export function sendError(request: IncomingMessage, response: ServerResponse, error: unknown) {
  // The other side left, or must be told by a broken connection that what it got is not whole.
  if (response.headersSent || response.destroyed) return void response.destroy()
  const known = error instanceof S3Error
  if (!known) console.error(error)
  const Message = error instanceof Error ? error.message : String(error)
  const body = document("Error", { Code: known ? error.code : "InternalError", Message }, false)
  response.writeHead(known ? error.status : 500, { "content-type": "application/xml" })
  response.end(request.method === "HEAD" ? undefined : body)
  // The rest of a body that was refused unread stands before the next request of the connection.
  request.resume()
}

/** Headers that were signed as part of a presigned address hold as if they had been sent. */
export function adoptHeaders(request: IncomingMessage, query: URLSearchParams) {
  for (const [name, value] of query) if (name.startsWith("x-amz-")) request.headers[name] ??= value
}
