import { rmSync } from "node:fs"
import { copyFile } from "node:fs/promises"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { listen } from "../port.ts"
import { sendObject } from "./download.ts"
import { refuse } from "./error.ts"
import { adoptHeaders, decodePath, readDocument, sendError, sendXml, splitOnce } from "./exchange.ts"
import { listObjects } from "./list.ts"
import { etagOf, partNumber, Uploads } from "./multipart.ts"
import { type Credentials, verifySignature } from "./signature.ts"
import { type Bucket, Store, type StoredObject } from "./store.ts"
import { checkWrite, receiveBody, storedHeaders } from "./upload.ts"
import { textsOf } from "./xml.ts"

const LONGEST_KEY = 1024
/** Every parameter that is understood. Any other asks for something this server would have to pretend. */
const PARAMETERS =
  /^([Xx]-[Aa]mz-.+|x-id|response-(content-type|content-disposition|content-language|content-encoding|cache-control|expires)|list-type|prefix|delimiter|max-keys|continuation-token|start-after|encoding-type|fetch-owner|delete|uploads|uploadId|partNumber)$/

interface Call {
  request: IncomingMessage
  response: ServerResponse
  method: string
  query: URLSearchParams
}

export interface S3Options {
  data_dir: string
  port?: number
  credentials: Credentials
  /** Made when they are missing. */
  buckets?: string[]
}

export interface S3 {
  url: string
  stop(): Promise<void>
}

/**
 * The part of S3 the product uses, kept strict: signatures are verified, conditions and checksums hold, and what is not
 * supported is `501 NotImplemented` rather than a polite lie. State is in `data_dir`.
 */
export async function startS3(options: S3Options): Promise<S3> {
  const store = new Store(options.data_dir)
  const uploads = new Uploads()
  for (const name of options.buckets ?? []) if (!store.buckets.has(name)) store.create(name)

  async function handle(request: IncomingMessage, response: ServerResponse) {
    const [rawPath = "/", search = ""] = splitOnce(request.url ?? "/", "?")
    const path = decodePath(rawPath)
    const query = new URLSearchParams(search)
    verifySignature(request, path, query, options.credentials)
    adoptHeaders(request, query)
    const unknown = [...query.keys()].find((name) => !PARAMETERS.test(name))
    if (unknown) refuse("NotImplemented", `?${unknown} is not supported here`)
    const [name = "", key] = splitOnce(path.slice(1), "/")
    const call = { request, response, method: request.method ?? "", query }
    if (!name) return listBuckets(call)
    if (!key) return onBucket(call, name)
    if (Buffer.byteLength(key) > LONGEST_KEY) refuse("KeyTooLongError")
    const bucket = store.bucket(name)
    if (query.has("uploads") || query.has("uploadId")) return onUpload(call, bucket, key)
    return onObject(call, bucket, key)
  }

  function listBuckets({ method, response }: Call) {
    if (method !== "GET") refuse("MethodNotAllowed")
    const Bucket = [...store.buckets.keys()].map((Name) => ({ Name }))
    sendXml(response, "ListAllMyBucketsResult", { Buckets: { Bucket } })
  }

  async function onBucket(call: Call, name: string) {
    const { method, query, request, response } = call
    if (method === "PUT") {
      store.create(name)
      return void response.writeHead(200, { location: `/${name}` }).end()
    }
    const bucket = store.bucket(name)
    if (method === "HEAD") return void response.writeHead(200).end()
    if (method === "DELETE") {
      store.drop(name)
      return void response.writeHead(204).end()
    }
    if (method === "GET" && query.get("list-type") === "2") {
      return sendXml(response, "ListBucketResult", listObjects(bucket, query))
    }
    if (method === "GET" && query.has("uploads")) {
      const Upload = uploads.list(bucket).map(({ id, key }) => ({ Key: key, UploadId: id }))
      return sendXml(response, "ListMultipartUploadsResult", { Bucket: name, Upload })
    }
    if (method === "POST" && query.has("delete")) {
      const keys = textsOf(await readDocument(request), "Key")
      for (const key of keys) bucket.delete(key)
      return sendXml(response, "DeleteResult", { Deleted: keys.map((Key) => ({ Key })) })
    }
    refuse("NotImplemented", `${method} of a bucket`)
  }

  async function onUpload({ method, query, request, response }: Call, bucket: Bucket, key: string) {
    if (method === "POST" && query.has("uploads")) {
      const UploadId = uploads.begin(bucket, key, storedHeaders(request.headers))
      return sendXml(response, "InitiateMultipartUploadResult", { Bucket: bucket.name, Key: key, UploadId })
    }
    const id = query.get("uploadId") ?? refuse("InvalidArgument", "uploadId")
    const upload = uploads.find(id, key)
    if (method === "PUT") {
      const number = partNumber(query.get("partNumber"))
      if (request.headers["x-amz-copy-source"]) refuse("NotImplemented", "UploadPartCopy is not supported here")
      const body = await receiveBody(request, bucket)
      uploads.addPart(upload, number, body)
      return void response.writeHead(200, { etag: etagOf(body.md5), "x-amz-checksum-crc32": body.crc32 }).end()
    }
    if (method === "GET") {
      const Part = [...upload.parts].map(([PartNumber, { md5, size: Size }]) => ({
        PartNumber,
        ETag: etagOf(md5),
        Size,
      }))
      return sendXml(response, "ListPartsResult", {
        Bucket: bucket.name,
        Key: key,
        UploadId: id,
        IsTruncated: false,
        Part,
      })
    }
    if (method === "DELETE") {
      uploads.abort(id, upload)
      return void response.writeHead(204).end()
    }
    if (method !== "POST") refuse("MethodNotAllowed")
    const xml = await readDocument(request)
    const etags = textsOf(xml, "ETag")
    const wanted = textsOf(xml, "PartNumber").map((number, at) => ({ number: Number(number), etag: etags[at] ?? "" }))
    const object = await uploads.complete(id, upload, wanted, request.headers)
    sendXml(response, "CompleteMultipartUploadResult", { Bucket: bucket.name, Key: key, ETag: object.etag })
  }

  async function onObject(call: Call, bucket: Bucket, key: string) {
    const { method, query, request, response } = call
    const { headers } = request
    if (method === "GET" || method === "HEAD") return sendObject(request, response, bucket, bucket.get(key), query)
    if (method === "DELETE") {
      if (headers["if-match"]) checkWrite(bucket.objects.get(key), headers)
      bucket.delete(key)
      return void response.writeHead(204).end()
    }
    if (method !== "PUT") refuse("MethodNotAllowed")
    // Before the body is read, so that a loser need not send it; and again when it has arrived.
    checkWrite(bucket.objects.get(key), headers)
    if (headers["x-amz-copy-source"]) return copy(call, bucket, key, String(headers["x-amz-copy-source"]))
    const { file, size, md5, crc32, sha256 } = await receiveBody(request, bucket)
    commit(bucket, { key, etag: etagOf(md5), size, crc32, sha256, headers: storedHeaders(headers), file }, request)
    response
      .writeHead(200, { etag: etagOf(md5), "x-amz-checksum-crc32": crc32, "x-amz-checksum-type": "FULL_OBJECT" })
      .end()
  }

  async function copy({ request, response }: Call, bucket: Bucket, key: string, source: string) {
    const [from = "", fromKey = ""] = splitOnce(decodePath(source).replace(/^\//, ""), "/")
    if (fromKey.includes("?")) refuse("NotImplemented", "Versions are not supported here")
    const origin = store.bucket(from)
    const { modified: _, ...object } = origin.get(fromKey)
    const file = bucket.newBody()
    await copyFile(origin.path(object.file), bucket.path(file))
    const replaced = request.headers["x-amz-metadata-directive"] === "REPLACE"
    const headers = replaced ? storedHeaders(request.headers) : object.headers
    const written = commit(bucket, { ...object, key, file, headers }, request)
    const LastModified = new Date(written.modified).toISOString()
    sendXml(response, "CopyObjectResult", { ETag: written.etag, LastModified })
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => sendError(request, response, error))
  })
  const port = await listen(server, options.port ?? 0)
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Conditions hold at the moment of the write: the check and the commit are one step. */
function commit(bucket: Bucket, object: Omit<StoredObject, "modified">, request: IncomingMessage): StoredObject {
  try {
    checkWrite(bucket.objects.get(object.key), request.headers)
    return bucket.commit(object)
  } catch (error) {
    rmSync(bucket.path(object.file), { force: true })
    throw error
  }
}
