import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createGzip } from "node:zlib"
import { type Call, sendBody, sendJson } from "./call.ts"
import type { FaultAction } from "./faults.ts"
import { bucketOf } from "./limits.ts"

const PAGE =
  "<!DOCTYPE html><html><head><title>Hugging Face</title></head><body><h1>We will be back soon</h1></body></html>"
const BOMB_BYTES = 1024 ** 3
const ZEROS = Buffer.alloc(1024 * 1024)

/** Sends the answer a fault gives in place of the right one; false for faults that only bend the right one. */
export async function answerFault(call: Call, action: FaultAction): Promise<boolean> {
  const { res } = call
  if (typeof action === "object") {
    if ("redirect" in action) res.writeHead(302, { location: action.redirect, "content-length": 0 }).end()
    else if ("status" in action) sendStatus(call, action.status, action.retry_after_s, action.body)
    return true
  }
  switch (action) {
    case "429":
      sendStatus(call, 429, 1)
      return true
    case "500":
    case "502":
    case "503":
    case "504":
      sendStatus(call, Number(action))
      return true
    case "timeout":
      return true
    case "reset":
      res.socket?.resetAndDestroy()
      return true
    case "html":
      sendBody(call, 200, Buffer.from(PAGE), { "content-type": "text/html; charset=utf-8" })
      return true
    case "gzip_bomb":
      await sendBomb(call)
      return true
    default:
      return false
  }
}

function sendStatus(call: Call, status: number, retry_after_s?: number, body?: string): void {
  const headers: Record<string, string> = {}
  if (retry_after_s !== undefined) headers["retry-after"] = String(retry_after_s)
  if (status === 429 && call.route.kind !== "cdn") {
    headers["ratelimit"] = `"${bucketOf(call.route.kind)}";r=0;t=${retry_after_s ?? 1}`
  }
  if (body !== undefined) return sendBody(call, status, Buffer.from(body), headers)
  if (status <= 500) return sendJson(call, { error: `Fault ${status}` }, headers, status)
  // What stands in front of the Hub answers for it when it does not, and not in JSON.
  sendBody(call, status, Buffer.from(PAGE), { "content-type": "text/html", ...headers })
}

async function sendBomb({ res, req }: Call): Promise<void> {
  res.writeHead(200, { "content-type": "application/json; charset=utf-8", "content-encoding": "gzip" })
  if (req.method === "HEAD") return void res.end()
  const zeros = Readable.from(
    (function* () {
      for (let sent = 0; sent < BOMB_BYTES; sent += ZEROS.length) yield ZEROS
    })(),
  )
  try {
    await pipeline(zeros, createGzip({ level: 1 }), res)
  } catch (cause) {
    // A reader that has had enough hangs up, which is the point.
    if ((cause as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") throw cause
  }
}
