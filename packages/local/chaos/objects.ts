import { createHash } from "node:crypto"
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3"
import type postgres from "postgres"

interface File {
  key: string
  sha256: string
}

/**
 * Compares the bucket with the rows: what a row points at must be there, byte for byte. What nobody points at was written
 * by an attempt that lost, and must not lie under the token of one that won; `orphans` counts it.
 */
export async function compareObjects(sql: postgres.Sql, s3: S3Client, Bucket: string) {
  const files = await sql<File[]>`select file ->> 'key' as key, file ->> 'sha256' as sha256
    from job cross join jsonb_array_elements(artifacts) as file`
  const there = await listAll(s3, Bucket)
  const violations: string[] = []
  for (const { key, sha256 } of files) {
    if (!there.delete(key)) violations.push(`${key} is not in the bucket`)
    else if ((await hashOf(s3, Bucket, key)) !== sha256) violations.push(`${key} has other bytes than its row says`)
  }
  const won = new Set(files.map(({ key }) => folderOf(key)))
  violations.push(...[...there].filter((key) => won.has(folderOf(key))).map((key) => `${key} is in no row`))
  return { violations, pointers: files.length, orphans: there.size }
}

const folderOf = (key: string) => key.slice(0, key.lastIndexOf("/"))

async function listAll(s3: S3Client, Bucket: string): Promise<Set<string>> {
  const keys = new Set<string>()
  for (let ContinuationToken: string | undefined; ;) {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken }))
    for (const { Key } of page.Contents ?? []) keys.add(Key!)
    ContinuationToken = page.NextContinuationToken
    if (!ContinuationToken) return keys
  }
}

async function hashOf(s3: S3Client, Bucket: string, Key: string) {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
  return createHash("sha256")
    .update(await Body!.transformToByteArray())
    .digest("hex")
}
