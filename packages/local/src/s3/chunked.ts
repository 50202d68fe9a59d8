import { Transform, type TransformCallback } from "node:stream"
import { S3Error } from "./error.ts"

const LONGEST_LINE = 16_384

/**
 * Takes the framing off an `aws-chunked` body (`size[;…]\r\n bytes \r\n … 0\r\n trailer: value\r\n \r\n`), which the SDK sends
 * for bodies whose checksum is only known at the end. Bytes of a chunk go on as they arrive.
 */
export class Unchunk extends Transform {
  readonly trailers: Record<string, string> = {}
  #line = Buffer.alloc(0)
  #left = 0
  #state: "size" | "bytes" | "end" | "trailer" | "done" = "size"

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback) {
    try {
      for (let at = 0; at < chunk.length;) at = this.#state === "bytes" ? this.#pass(chunk, at) : this.#take(chunk, at)
      callback()
    } catch (error) {
      callback(error as Error)
    }
  }

  override _flush(callback: TransformCallback) {
    callback(this.#state === "done" ? null : new S3Error("IncompleteBody", "The last chunk is missing"))
  }

  #pass(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#left)
    this.push(chunk.subarray(at, end))
    this.#left -= end - at
    if (this.#left === 0) this.#state = "end"
    return end
  }

  /** Collects a line up to its `\r\n`, which may be split between two chunks of the socket. */
  #take(chunk: Buffer, at: number): number {
    const found = chunk.indexOf(0x0a, at)
    const end = found < 0 ? chunk.length : found + 1
    this.#line = Buffer.concat([this.#line, chunk.subarray(at, end)])
    if (this.#line.length > LONGEST_LINE) throw new S3Error("IncompleteBody", "A chunk header is too long")
    if (found >= 0) {
      const line = this.#line.toString("latin1").replace(/\r?\n$/, "")
      this.#line = Buffer.alloc(0)
      this.#read(line)
    }
    return end
  }

  #read(line: string) {
    if (this.#state === "end") {
      if (line !== "") throw new S3Error("IncompleteBody", "A chunk is longer than it says")
      this.#state = "size"
    } else if (this.#state === "size") {
      const size = /^([0-9a-f]{1,12})(;|$)/i.exec(line)
      if (!size) throw new S3Error("IncompleteBody", "A chunk has no size")
      this.#left = Number.parseInt(size[1]!, 16)
      this.#state = this.#left === 0 ? "trailer" : "bytes"
    } else if (this.#state === "trailer") {
      const colon = line.indexOf(":")
      if (line === "") this.#state = "done"
      else if (colon > 0) this.trailers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
    }
  }
}
