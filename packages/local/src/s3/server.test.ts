import { randomBytes } from "node:crypto"
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Readable } from "node:stream"
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3"
import { getSignedUrl } from "@aws-sdk/s3-request-presigner"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type S3, startS3 } from "./server.ts"

const credentials = { accessKeyId: "local", secretAccessKey: "secret" }
const Bucket = "artifacts"
const data_dir = mkdtempSync(join(tmpdir(), "robokit-s3-"))
let s3: S3
let client: S3Client

const start = async () => {
  s3 = await startS3({ data_dir, credentials })
  // As in production: no path style, no options but where it is.
  client = new S3Client({ endpoint: s3.url, region: "eu-west-1", credentials, maxAttempts: 1 })
}
beforeAll(async () => {
  await start()
  await client.send(new CreateBucketCommand({ Bucket }))
})
afterAll(async () => {
  await s3.stop()
  rmSync(data_dir, { recursive: true, force: true })
})

const put = (Key: string, Body: string | Uint8Array, more = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))
const get = async (Key: string, more = {}) =>
  (await client.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body!.transformToString()
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => "accepted",
    (error) => `${error.name} ${error.$metadata?.httpStatusCode}`,
  )

describe("objects", () => {
  test("come back whole, with their headers, under any key", async () => {
    const Key = "jobs/1/résumé ü+&'()*!/../x.json"
    await put(Key, '{"a":1}', { ContentType: "application/json", Metadata: { job: "1" }, CacheControl: "max-age=60" })
    const found = await client.send(new GetObjectCommand({ Bucket, Key }))
    expect(await found.Body!.transformToString()).toBe('{"a":1}')
    expect(found).toMatchObject({ ContentType: "application/json", Metadata: { job: "1" }, CacheControl: "max-age=60" })
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: "jobs/1/" }))
    expect(Contents!.map((each) => each.Key)).toEqual([Key])
  })

  test("of a stream arrive without the framing of aws-chunked", async () => {
    const bytes = randomBytes(300_000)
    const pieces = [bytes.subarray(0, 1), bytes.subarray(1, 100_003), bytes.subarray(100_003)]
    const Body = Readable.from(pieces)
    await client.send(new PutObjectCommand({ Bucket, Key: "stream", Body, ContentLength: bytes.length }))
    const found = await client.send(new GetObjectCommand({ Bucket, Key: "stream" }))
    expect(found.ContentEncoding).toBeUndefined()
    expect(Buffer.from(await found.Body!.transformToByteArray()).equals(bytes)).toBe(true)
  })

  test("are read by range from the start, the middle and the end", async () => {
    await put("range", "0123456789")
    expect(await get("range", { Range: "bytes=2-5" })).toBe("2345")
    expect(await get("range", { Range: "bytes=-3" })).toBe("789")
    expect(await get("range", { Range: "bytes=8-100" })).toBe("89")
    expect(await refusal(get("range", { Range: "bytes=50-60" }))).toBe("InvalidRange 416")
    const part = await client.send(new GetObjectCommand({ Bucket, Key: "range", Range: "bytes=2-5" }))
    expect(part.ContentRange).toBe("bytes 2-5/10")
  })

  test("that are empty are empty", async () => {
    await put("empty", "")
    expect(await get("empty")).toBe("")
    expect((await client.send(new HeadObjectCommand({ Bucket, Key: "empty" }))).ContentLength).toBe(0)
  })

  test("are copied and deleted, and deleting twice is no error", async () => {
    await put("from", "body")
    await client.send(new CopyObjectCommand({ Bucket, Key: "to", CopySource: `${Bucket}/from` }))
    await client.send(new DeleteObjectCommand({ Bucket, Key: "from" }))
    await client.send(new DeleteObjectCommand({ Bucket, Key: "from" }))
    expect(await get("to")).toBe("body")
    await put("other", "body")
    await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "to" }, { Key: "other" }] } }))
    expect(await refusal(get("to"))).toBe("NoSuchKey 404")
    expect(await refusal(get("other"))).toBe("NoSuchKey 404")
  })

  test("that are not there are told apart from buckets that are not", async () => {
    expect(await refusal(get("nothing"))).toBe("NoSuchKey 404")
    expect(await refusal(client.send(new HeadObjectCommand({ Bucket, Key: "nothing" })))).toBe("NotFound 404")
    const other = new GetObjectCommand({ Bucket: "nowhere", Key: "x" })
    expect(await refusal(client.send(other))).toBe("NoSuchBucket 404")
    await put("in-the-way", "x")
    expect(await refusal(client.send(new DeleteBucketCommand({ Bucket })))).toBe("BucketNotEmpty 409")
  })

  test("with a wrong checksum are refused and not stored", async () => {
    const wrong = { ChecksumSHA256: Buffer.alloc(32).toString("base64") }
    expect(await refusal(put("wrong", "body", wrong))).toBe("BadDigest 400")
    expect(await refusal(get("wrong"))).toBe("NoSuchKey 404")
  })

  test("whose sender vanished half-way leave nothing", async () => {
    const before = readdirSync(join(data_dir, Bucket)).length
    const url = new URL(await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: "half" })))
    const socket = connect(Number(url.port), url.hostname)
    socket.write(`PUT ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-length: 1000\r\n\r\nhalf`)
    const files = () => readdirSync(join(data_dir, Bucket)).length
    await expect.poll(files).toBe(before + 1)
    socket.destroy()
    await expect.poll(files).toBe(before)
    expect(await refusal(get("half"))).toBe("NoSuchKey 404")
  })
})

describe("conditions", () => {
  test("if-none-match lets exactly one of 20 racing writers win", async () => {
    const races = Array.from({ length: 20 }, (_, n) => refusal(put("race", `${n}`, { IfNoneMatch: "*" })))
    const answers = await Promise.all(races)
    expect(answers.filter((each) => each === "accepted")).toHaveLength(1)
    expect(answers.filter((each) => each === "PreconditionFailed 412")).toHaveLength(19)
    expect(await get("race")).toBe(String(answers.indexOf("accepted")))
  })

  test("if-match replaces only what was read", async () => {
    const { ETag } = await put("versioned", "1")
    await put("versioned", "2", { IfMatch: ETag })
    expect(await refusal(put("versioned", "3", { IfMatch: ETag }))).toBe("PreconditionFailed 412")
    expect(await get("versioned")).toBe("2")
  })

  test("if-none-match of a read answers 304 for the same object", async () => {
    const { ETag } = await put("cached", "1")
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: "cached" }))
    expect((await fetch(url, { headers: { "if-none-match": ETag! } })).status).toBe(304)
  })
})

describe("presigned addresses", () => {
  test("read, with the file name asked for, and write", async () => {
    await put("shared", "shared body")
    const asked = { Bucket, Key: "shared", ResponseContentDisposition: 'attachment; filename="x.txt"' }
    const read = await fetch(await getSignedUrl(client, new GetObjectCommand(asked), { expiresIn: 60 }))
    expect(await read.text()).toBe("shared body")
    expect(read.headers.get("content-disposition")).toBe('attachment; filename="x.txt"')
    // The SDK otherwise signs the checksum of no body at all into the address.
    const plain = new S3Client({
      endpoint: s3.url,
      region: "eu-west-1",
      credentials,
      requestChecksumCalculation: "WHEN_REQUIRED",
    })
    const write = await getSignedUrl(plain, new PutObjectCommand({ Bucket, Key: "sent" }), { expiresIn: 60 })
    const fixed = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: "sent" }), { expiresIn: 60 })
    expect((await fetch(fixed, { method: "PUT", body: "not the empty body" })).status).toBe(400)
    expect((await fetch(write, { method: "PUT", body: "sent body" })).status).toBe(200)
    expect(await get("sent")).toBe("sent body")
  })

  test("are refused when expired, tampered with, for another object, another method, or unsigned", async () => {
    await put("closed", "x")
    const sign = (expiresIn: number, signingDate = new Date()) =>
      getSignedUrl(client, new GetObjectCommand({ Bucket, Key: "closed" }), { expiresIn, signingDate })
    const status = async (url: string, init?: RequestInit) => (await fetch(url, init)).status
    const good = await sign(60)
    const signature = /X-Amz-Signature=(.)/.exec(good)![1]!
    expect(await status(good)).toBe(200)
    expect(await status(await sign(60, new Date(Date.now() - 61_000)))).toBe(403)
    expect(await status(good.replace(/X-Amz-Signature=./, `X-Amz-Signature=${signature === "0" ? "1" : "0"}`))).toBe(
      403,
    )
    expect(await status(good.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"))).toBe(403)
    expect(await status(good.replace("/closed?", "/range?"))).toBe(403)
    expect(await status(good, { method: "DELETE" })).toBe(403)
    expect(await status(good.split("?")[0]!)).toBe(403)
    expect(await status(`${s3.url}/${Bucket}?list-type=2`)).toBe(403)
  })

  test("of a stranger's key are refused", async () => {
    const stranger = new S3Client({
      endpoint: s3.url,
      region: "eu-west-1",
      credentials: { ...credentials, secretAccessKey: "guessed" },
    })
    expect(await refusal(stranger.send(new GetObjectCommand({ Bucket, Key: "closed" })))).toBe(
      "SignatureDoesNotMatch 403",
    )
  })
})

describe("uploads in parts", () => {
  const part = (UploadId: string, PartNumber: number, Body: Uint8Array) =>
    client.send(new UploadPartCommand({ Bucket, Key: "big", UploadId, PartNumber, Body }))
  const begin = async () => (await client.send(new CreateMultipartUploadCommand({ Bucket, Key: "big" }))).UploadId!
  const complete = (UploadId: string, Parts: { PartNumber: number; ETag: string | undefined }[]) =>
    client.send(
      new CompleteMultipartUploadCommand({ Bucket, Key: "big", UploadId, MultipartUpload: { Parts } as never }),
    )

  test("are joined in order", async () => {
    const [first, second] = [randomBytes(5 * 2 ** 20), randomBytes(1000)]
    const UploadId = await begin()
    const { ETag: b } = await part(UploadId, 2, second)
    const { ETag: a } = await part(UploadId, 1, first)
    expect((await client.send(new ListPartsCommand({ Bucket, Key: "big", UploadId }))).Parts).toHaveLength(2)
    const parts = [
      { PartNumber: 1, ETag: a },
      { PartNumber: 2, ETag: b },
    ]
    expect((await complete(UploadId, parts)).ETag).toMatch(/-2"$/)
    const found = await client.send(new GetObjectCommand({ Bucket, Key: "big" }))
    expect(Buffer.from(await found.Body!.transformToByteArray()).equals(Buffer.concat([first, second]))).toBe(true)
  })

  test("with a small part before the last, or a part nobody sent, are refused", async () => {
    const UploadId = await begin()
    const { ETag } = await part(UploadId, 1, randomBytes(10))
    await part(UploadId, 2, randomBytes(10))
    expect(await refusal(complete(UploadId, [{ PartNumber: 3, ETag }]))).toBe("InvalidPart 400")
    const { ETag: b } = await part(UploadId, 2, randomBytes(10))
    const parts = [
      { PartNumber: 1, ETag },
      { PartNumber: 2, ETag: b },
    ]
    expect(await refusal(complete(UploadId, parts))).toBe("EntityTooSmall 400")
  })
})

test("a list is cut into pages without loss, in the order of bytes, and folded at the delimiter", async () => {
  const keys = ["l/B", "l/a/1", "l/a/2", "l/b", "l/é", "l/z/1"]
  await Promise.all(keys.map((key) => put(key, "x")))
  const seen: string[] = []
  for (let ContinuationToken: string | undefined, pages = 0; ; pages++) {
    const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: "l/", MaxKeys: 2, ContinuationToken }))
    seen.push(...page.Contents!.map((each) => each.Key!))
    ContinuationToken = page.NextContinuationToken
    if (!page.IsTruncated) {
      expect(pages).toBe(2)
      break
    }
  }
  expect(seen).toEqual(["l/B", "l/a/1", "l/a/2", "l/b", "l/z/1", "l/é"])
  const folded = await client.send(new ListObjectsV2Command({ Bucket, Prefix: "l/", Delimiter: "/" }))
  expect(folded.CommonPrefixes!.map((each) => each.Prefix)).toEqual(["l/a/", "l/z/"])
  expect(folded.Contents!.map((each) => each.Key)).toEqual(["l/B", "l/b", "l/é"])
})

test("what is not supported is 501 and changes nothing", async () => {
  await put("tagged", "body")
  const TagSet = [{ Key: "a", Value: "b" }]
  const calls = [
    () => client.send(new PutObjectTaggingCommand({ Bucket, Key: "tagged", Tagging: { TagSet } })),
    () => client.send(new GetObjectTaggingCommand({ Bucket, Key: "tagged" })),
    () => client.send(new GetObjectCommand({ Bucket, Key: "tagged", VersionId: "1" })),
    () => client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } })),
    () => put("tagged", "new", { ChecksumAlgorithm: "SHA1" }),
  ]
  for (const call of calls) expect(await refusal(call())).toMatch(/501$/)
  expect(await get("tagged")).toBe("body")
})

test("a restart keeps every object and drops bodies no record names", async () => {
  await put("kept", "kept body", { ContentType: "text/plain" })
  await s3.stop()
  writeFileSync(join(data_dir, Bucket, "cut-off.body"), "half")
  await start()
  const found = await client.send(new GetObjectCommand({ Bucket, Key: "kept" }))
  expect(await found.Body!.transformToString()).toBe("kept body")
  expect(found.ContentType).toBe("text/plain")
  expect(readdirSync(join(data_dir, Bucket))).not.toContain("cut-off.body")
})
