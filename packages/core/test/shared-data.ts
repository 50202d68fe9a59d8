import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../../../shared/data/", import.meta.url))

/** Third-party files with ground truth lie beside the repository, never in it; without them their tests are skipped. */
export const hasSharedData = existsSync(root)

export const sharedData = (path: string) => `${root}${path}`
