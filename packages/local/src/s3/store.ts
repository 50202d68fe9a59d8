import { createHash, randomUUID } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { refuse } from "./error.ts"

export interface StoredObject {
  key: string
  /** With its quotes. */
  etag: string
  size: number
  /** Milliseconds since 1970. */
  modified: number
  /** Base64, as S3 writes them. Objects of several parts have none. */
  crc32?: string
  sha256?: string
  /** Response headers: content-type, cache-control, x-amz-meta-… */
  headers: Record<string, string>
  /** Name of the file with the body. */
  file: string
}

const RECORD = ".json"
const BODY = ".body"

/**
 * A bucket is a folder. An object is a body file of a unique name and a small record that names it: the rename of the record
 * is the moment of the write, so a kill at any other moment leaves the former object whole, and a body without a record.
 */
export class Bucket {
  readonly objects = new Map<string, StoredObject>()
  readonly name: string
  readonly folder: string

  constructor(name: string, folder: string) {
    this.name = name
    this.folder = folder
    mkdirSync(folder, { recursive: true })
    for (const file of readdirSync(folder)) {
      if (!file.endsWith(RECORD)) continue
      const record = JSON.parse(readFileSync(join(folder, file), "utf8")) as StoredObject
      this.objects.set(record.key, record)
    }
    const bodies = new Set([...this.objects.values()].map((each) => each.file))
    for (const file of readdirSync(folder)) {
      if (!file.endsWith(RECORD) && !bodies.has(file)) rmSync(join(folder, file))
    }
  }

  get(key: string): StoredObject {
    return this.objects.get(key) ?? refuse("NoSuchKey", "The specified key does not exist.")
  }

  newBody(): string {
    return `${randomUUID()}${BODY}`
  }

  path(file: string): string {
    return join(this.folder, file)
  }

  /** Nothing here waits, so a check just before it and the write are one step. */
  commit(object: Omit<StoredObject, "modified">): StoredObject {
    const record = { ...object, modified: Date.now() }
    const former = this.objects.get(object.key)
    const target = this.path(recordName(object.key))
    writeFileSync(`${target}.new`, JSON.stringify(record))
    renameSync(`${target}.new`, target)
    this.objects.set(object.key, record)
    if (former) rmSync(this.path(former.file), { force: true })
    return record
  }

  delete(key: string) {
    const object = this.objects.get(key)
    if (!object) return
    rmSync(this.path(recordName(key)), { force: true })
    this.objects.delete(key)
    rmSync(this.path(object.file), { force: true })
  }
}

const recordName = (key: string) => createHash("sha256").update(key).digest("hex") + RECORD

export class Store {
  readonly buckets = new Map<string, Bucket>()
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(folder)) this.buckets.set(name, new Bucket(name, join(folder, name)))
  }

  bucket(name: string): Bucket {
    return this.buckets.get(name) ?? refuse("NoSuchBucket", "The specified bucket does not exist.")
  }

  create(name: string) {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) refuse("InvalidBucketName")
    if (this.buckets.has(name)) refuse("BucketAlreadyOwnedByYou")
    this.buckets.set(name, new Bucket(name, join(this.#folder, name)))
  }

  drop(name: string) {
    const bucket = this.bucket(name)
    if (bucket.objects.size > 0) refuse("BucketNotEmpty")
    rmSync(bucket.folder, { recursive: true })
    this.buckets.delete(name)
  }
}
