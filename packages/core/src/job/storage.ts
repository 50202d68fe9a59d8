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

export * as Storage from "./storage.ts"

export interface Store {
  put(key: string, body: Uint8Array, media_type: string): Promise<void>
  /** Deletes every object below `prefix`, a page at a time. */
  removeAll(prefix: string): Promise<void>
  /** An address that fetches the object for `seconds`. */
  sign(key: string, options: { seconds: number; media_type: string; name: string }): Promise<string>
}

let s3: S3Client | undefined

// Path style works on AWS and on a server that has no DNS names for its buckets.
const client = () => (s3 ??= new S3Client({ forcePathStyle: true, maxAttempts: 3 }))

const inS3: Store = {
  async put(Key, Body, ContentType) {
    await client().send(new PutObjectCommand({ Bucket: config().ARTIFACT_BUCKET, Key, Body, ContentType }))
  },

  async removeAll(Prefix) {
    const Bucket = config().ARTIFACT_BUCKET
    // What was listed is gone with the next listing, so the first page is always the one to ask for.
    for (;;) {
      const { Contents = [], IsTruncated } = await client().send(new ListObjectsV2Command({ Bucket, Prefix }))
      const Objects = Contents.flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]))
      if (Objects.length > 0) {
        const { Errors = [] } = await client().send(
          new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
        )
        if (Errors.length > 0) throw new AppError("storage_error", `${Errors.length} objects could not be deleted.`)
      }
      if (!IsTruncated) return
    }
  },

  sign: (Key, { seconds, media_type, name }) =>
    getSignedUrl(
      client(),
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

let store = inS3

export const put: Store["put"] = (...all) => classed(store.put(...all))
export const removeAll: Store["removeAll"] = (prefix) => classed(store.removeAll(prefix))
export const sign: Store["sign"] = (...all) => classed(store.sign(...all))

/** The one seam to S3; tests keep objects in memory. Without an argument: S3 again. */
export const storeWith = (next: Store = inS3) => void (store = next)

async function classed<T>(work: Promise<T>) {
  try {
    return await work
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError("storage_error", "The storage for results did not do what was asked.", { cause })
  }
}
