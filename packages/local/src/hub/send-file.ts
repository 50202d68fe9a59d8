import type { ServerResponse } from "node:http"
import { promisify } from "node:util"
import { gzip } from "node:zlib"
import { type ByteRange, parseRange } from "./byte-range.ts"
import type { Call } from "./call.ts"
import type { SampleFile } from "./repo.ts"

const CHUNK = 256 * 1024
const gzipped = promisify(gzip)

interface Options {
  /** With its quotes. */
  etag: string
  headers: Record<string, string>
  /** Whether the body may be gzipped on the way when the caller takes that and asks for no range. */
  compressible: boolean
}

/** Answers GET and HEAD for a file: 200, 206, 304 or 416, streamed. */
export async function sendFile(call: Call, file: SampleFile, { etag, headers, compressible }: Options): Promise<void> {
  const { req, res, fault } = call
  const common = { etag, "accept-ranges": "bytes", ...headers }
  if (matches(req.headers["if-none-match"], etag)) {
    res.writeHead(304, common)
    return void res.end()
  }
  const range = fault === "whole_200" ? "whole" : askedRange(call, etag, file.size)
  if (range === "unsatisfiable") {
    res.writeHead(416, { ...common, "content-range": `bytes */${file.size}`, "content-length": 0 })
    return void res.end()
  }
  if (range !== "whole") {
    const { start, end } = fault === "wrong_range" ? shifted(range, file.size) : range
    res.writeHead(206, {
      ...common,
      "content-range": `bytes ${start}-${end - 1}/${file.size}`,
      "content-length": end - start,
    })
    return stream(call, file, start, end)
  }
  if (compressible && file.size > 0 && takesGzip(call) && fault !== "truncate") {
    res.writeHead(200, { ...common, etag: `W/${etag}`, "content-encoding": "gzip", vary: "accept-encoding" })
    return streamGzipped(call, file)
  }
  res.writeHead(200, { ...common, "content-length": file.size })
  return stream(call, file, 0, file.size)
}

function askedRange({ req }: Call, etag: string, size: number): ByteRange {
  const condition = req.headers["if-range"]
  if (condition !== undefined && condition !== etag) return "whole"
  return parseRange(req.headers.range, size)
}

const matches = (header: string | undefined, etag: string) =>
  header !== undefined &&
  header.split(",").some((each) => each.trim() === "*" || each.trim().replace(/^W\//, "") === etag)

const takesGzip = ({ req }: Call) =>
  String(req.headers["accept-encoding"] ?? "")
    .split(",")
    .some((each) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(each))

/** The same number of bytes from elsewhere in the file where there is room, else one byte less. */
function shifted({ start, end }: { start: number; end: number }, size: number) {
  if (end < size) return { start: start + 1, end: end + 1 }
  if (start > 0) return { start: start - 1, end: end - 1 }
  return { start, end: Math.max(end - 1, start + 1) }
}

/** Headers are out already, so a read that fails can only cut the connection: the reader sees a short body. */
async function stream(
  { req, res, hub, route, fault }: Call,
  file: SampleFile,
  start: number,
  end: number,
): Promise<void> {
  if (req.method === "HEAD") return void res.end()
  const stop = fault === "truncate" ? start + ((end - start) >> 1) : end
  for (let at = start; at < stop; at += CHUNK) {
    const bytes = await file.read(at, Math.min(at + CHUNK, stop))
    if (res.destroyed) return
    hub.bytes[route.kind] += bytes.length
    if (!res.write(bytes)) await drained(res)
  }
  if (stop === end) return void res.end()
  // The half must leave before the cut, or the reader sees a reset without any byte.
  res.socket?.destroySoon()
}

async function streamGzipped({ req, res, hub, route }: Call, file: SampleFile): Promise<void> {
  if (req.method === "HEAD") return void res.end()
  // Only git files come here: at most 10 MiB.
  const bytes = await gzipped(await file.read(0, file.size))
  hub.bytes[route.kind] += bytes.length
  // No Content-Length, as from a server that compresses on the way.
  res.write(bytes)
  res.end()
}

/** Until there is room to write again, or nobody to write to. */
async function drained(res: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  res.on("drain", resolve).on("close", resolve)
  if (res.destroyed) resolve()
  await promise
  res.off("drain", resolve).off("close", resolve)
}
