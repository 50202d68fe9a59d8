import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, expect, test } from "vitest"
import { type S3, startS3 } from "../../../local/src/s3/server.ts"
import { stubRequired } from "../../test/settings.ts"
import { resetConfig } from "../config.ts"

const credentials = { accessKeyId: "local", secretAccessKey: "secret" }
const Bucket = "artifacts"
const data_dir = mkdtempSync(join(tmpdir(), "robokit-store-"))
let s3: S3
let client: S3Client
beforeAll(async () => {
  stubRequired()
  s3 = await startS3({ data_dir, credentials })
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: s3.url,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ARTIFACT_BUCKET: Bucket,
  })
  resetConfig()
  client = new S3Client({ endpoint: s3.url, region: "eu-west-1", credentials, forcePathStyle: true })
  await client.send(new CreateBucketCommand({ Bucket }))
})
afterAll(async () => {
  await s3.stop()
  rmSync(data_dir, { recursive: true, force: true })
})

async function keys() {
  const all: string[] = []
  for (let StartAfter: string | undefined; ; StartAfter = all.at(-1)) {
    const page = await client.send(new ListObjectsV2Command({ Bucket, StartAfter }))
    all.push(...(page.Contents ?? []).map(({ Key }) => Key!))
    if (!page.IsTruncated) return all
  }
}

test("what is kept stays, and hides nothing of what goes, over more than a page of either", async () => {
  const { s3Store } = await import("./s3-store.ts")
  const body = new Uint8Array(1)
  const kept = Array.from({ length: 1020 }, (_, n) => `results/1/2/1-a/${String(n).padStart(4, "0")}.json`)
  const gone = ["results/1/10/1-a/x", "results/1/2/1-ab/x", "results/1/2/2-b/x", "results/1/3/1-c/x"]
  const others = ["results/10/1/1-a/x", "results/2/1/1-a/x"]
  const all = [...kept, ...gone, ...others]
  for (let from = 0; from < all.length; from += 50) {
    await Promise.all(all.slice(from, from + 50).map((key) => s3Store.put(key, body, "text/plain")))
  }
  await s3Store.removeAll("results/1/", ["results/1/2/1-a/"])
  expect((await keys()).toSorted()).toEqual([...kept, ...others].toSorted())
  await s3Store.removeAll("results/1/")
  expect(await keys()).toEqual(others)
})
