import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3"
import { getSignedUrl } from "@aws-sdk/s3-request-presigner"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import type { Store } from "./storage.ts"

// Path style works on AWS and on a server that has no DNS names for its buckets.
const client = new S3Client({ forcePathStyle: true, maxAttempts: 3 })

/** Results in S3. Imported when the first object is written or signed: the SDK is a third of what a cold start would read. */
export const s3Store: Store = {
  async put(Key, Body, ContentType) {
    await client.send(new PutObjectCommand({ Bucket: config().ARTIFACT_BUCKET, Key, Body, ContentType }))
  },

  async removeAll(Prefix, kept = []) {
    const Bucket = config().ARTIFACT_BUCKET
    // By the last key and not by the listing's own mark: what is kept stays in front of what is still to go.
    let StartAfter: string | undefined
    for (;;) {
      const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix, StartAfter }))
      const keys = (page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key]))
      const Objects = keys.filter((key) => !kept.some((folder) => key.startsWith(folder))).map((Key) => ({ Key }))
      if (Objects.length > 0) {
        const { Errors = [] } = await client.send(
          new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
        )
        if (Errors.length > 0) throw new AppError("storage_error", `${Errors.length} objects could not be deleted.`)
      }
      if (!page.IsTruncated) return
      StartAfter = keys.at(-1)
    }
  },

  sign: (Key, { seconds, media_type, name }) =>
    getSignedUrl(
      client,
      new GetObjectCommand({
        Bucket: config().ARTIFACT_BUCKET,
        Key,
        ResponseContentType: media_type,
        // Downloaded, never shown: what is in it came from a stranger's dataset.
        ResponseContentDisposition: `attachment; filename="${name}"`,
      }),
      { expiresIn: seconds },
    ),
}
