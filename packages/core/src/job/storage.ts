import { AppError } from "../error.ts"

export * as Storage from "./storage.ts"

export interface Store {
  put(key: string, body: Uint8Array, media_type: string): Promise<void>
  /** Deletes every object below `prefix`, a page at a time, but for those below one of `kept`. */
  removeAll(prefix: string, kept?: string[]): Promise<void>
  /** An address that fetches the object for `seconds`. */
  sign(key: string, options: { seconds: number; media_type: string; name: string }): Promise<string>
}

const inS3 = async () => (await import("./s3-store.ts")).s3Store

let store: () => Promise<Store> = inS3

export const put: Store["put"] = (...all) => classed(async () => (await store()).put(...all))
export const removeAll: Store["removeAll"] = (...all) => classed(async () => (await store()).removeAll(...all))
export const sign: Store["sign"] = (...all) => classed(async () => (await store()).sign(...all))

/** The one seam to S3; tests keep objects in memory. Without an argument: S3 again. */
export const storeWith = (next?: Store) => void (store = next ? async () => next : inS3)

async function classed<T>(work: () => Promise<T>) {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError("storage_error", "The storage for results did not do what was asked.", { cause })
  }
}
