import type { Injections } from "../injection.ts"
import { MISSING } from "./paths.ts"

const ALL = ["v2.0", "v2.1", "v3.0"] as const
const DATA = /^data\/.*\.parquet$/
const VIDEO = /^videos\/.*\.mp4$/

export const fileInjections: Injections = [
  {
    rule: "FILE-LFS-POINTER",
    what: "a file is a Git LFS pointer",
    versions: ALL,
    apply(dataset, strength) {
      const videos = dataset.paths(VIDEO)
      const path =
        strength === 1 && videos.length
          ? videos[0]!
          : strength === 2
            ? dataset.paths(/^meta\/(?:tasks\.|episodes)/)[0]!
            : dataset.paths(DATA).at(-1)!
      dataset.set(path, `version https://git-lfs.github.com/spec/v1\noid sha256:${"ab".repeat(32)}\nsize 1234567\n`)
      return { path, also: [...MISSING, "INFO-TOTAL-EP", "INFO-TOTAL-FRAMES"] }
    },
  },
  {
    rule: "FILE-EMPTY",
    what: "a file is empty",
    versions: ALL,
    apply(dataset, strength) {
      const videos = dataset.paths(VIDEO)
      const path =
        strength === 1 && videos.length
          ? videos.at(-1)!
          : strength === 2
            ? dataset.paths(DATA)[0]!
            : dataset.paths(DATA).at(-1)!
      dataset.set(path, "")
      return { path, also: MISSING }
    },
  },
  {
    rule: "FILE-TMP-UPLOADED",
    what: "temporary files were uploaded",
    versions: ALL,
    apply(dataset, strength) {
      const path = [".DS_Store", "videos/tmp1a2b.mp4.incomplete", ".cache/huggingface/download/x.lock"][strength]!
      dataset.set(path, "x")
      return { path }
    },
  },
]
