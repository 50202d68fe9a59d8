import { createHash, randomUUID } from "node:crypto"
import { createReadStream, createWriteStream, rmSync } from "node:fs"
import type { IncomingHttpHeaders } from "node:http"
import { pipeline } from "node:stream/promises"
import { refuse } from "./error.ts"
import type { Bucket } from "./store.ts"
import { type Body, checkWrite } from "./upload.ts"

const SMALLEST_PART = 5 * 2 ** 20
const MOST_PARTS = 10_000

interface Upload {
  bucket: Bucket
  key: string
  headers: Record<string, string>
  parts: Map<number, Body>
}

export const etagOf = (md5: Buffer) => `"${md5.toString("hex")}"`

/** Uploads in several parts. They end with the process: their parts are swept from disk at the next start. */
export class Uploads {
  readonly #open = new Map<string, Upload>()

  begin(bucket: Bucket, key: string, headers: Record<string, string>): string {
    const id = randomUUID()
    this.#open.set(id, { bucket, key, headers, parts: new Map() })
    return id
  }

  list(bucket: Bucket) {
    return [...this.#open].filter(([, each]) => each.bucket === bucket).map(([id, { key }]) => ({ id, key }))
  }

  find(id: string, key: string): Upload {
    const upload = this.#open.get(id)
    return upload?.key === key ? upload : refuse("NoSuchUpload", "The upload does not exist.")
  }

  addPart(upload: Upload, number: number, body: Body) {
    const former = upload.parts.get(number)
    upload.parts.set(number, body)
    if (former) rmSync(upload.bucket.path(former.file), { force: true })
  }

  abort(id: string, upload: Upload) {
    this.#open.delete(id)
    for (const part of upload.parts.values()) rmSync(upload.bucket.path(part.file), { force: true })
  }

  async complete(id: string, upload: Upload, wanted: { number: number; etag: string }[], headers: IncomingHttpHeaders) {
    if (wanted.length === 0) refuse("MalformedXML", "No parts are named")
    const parts = wanted.map(({ number, etag }, at) => {
      const part = upload.parts.get(number)
      if (!part || etag.replaceAll('"', "") !== part.md5.toString("hex")) refuse("InvalidPart", `Part ${number}`)
      if (at > 0 && number <= wanted[at - 1]!.number) refuse("InvalidArgument", "Parts must be in order")
      if (at < wanted.length - 1 && part.size < SMALLEST_PART) refuse("EntityTooSmall", `Part ${number}`)
      return part
    })
    const { bucket, key } = upload
    const file = bucket.newBody()
    try {
      for (const part of parts) {
        await pipeline(createReadStream(bucket.path(part.file)), createWriteStream(bucket.path(file), { flags: "a" }))
      }
      checkWrite(bucket.objects.get(key), headers)
    } catch (error) {
      rmSync(bucket.path(file), { force: true })
      throw error
    }
    const md5 = createHash("md5").update(Buffer.concat(parts.map((each) => each.md5)))
    const etag = `"${md5.digest("hex")}-${parts.length}"`
    const size = parts.reduce((sum, each) => sum + each.size, 0)
    const object = bucket.commit({ key, etag, size, headers: upload.headers, file })
    this.abort(id, upload)
    return object
  }
}

export function partNumber(text: string | null): number {
  const number = Number(text)
  return Number.isInteger(number) && number >= 1 && number <= MOST_PARTS
    ? number
    : refuse("InvalidArgument", "partNumber")
}
