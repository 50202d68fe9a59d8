import { createHash } from "node:crypto"

// What a dataset repository's `.gitattributes` sends to LFS, and the robotics containers the Hub's upload check
// (binary content) sends there too.
const LFS_EXTENSIONS = new Set(
  (
    "7z arrow bin bz2 ckpt ftz gz h5 hdf5 joblib lz4 mds mlmodel model msgpack npy npz onnx ot parquet pb pickle pkl pt pth " +
    "rar safetensors tar tflite tgz wasm xz zip zst pcm sam raw aac flac mp3 ogg wav bmp gif png tiff jpg jpeg webp " +
    "mp4 webm mkv mov avi bag mcap db3"
  ).split(" "),
)

/** Above this many bytes git refuses a file on the Hub. */
const GIT_FILE_LIMIT = 10 * 1024 * 1024

/** Whether the Hub keeps this file outside git. */
export function isLfs(path: string, size: number): boolean {
  if (size > GIT_FILE_LIMIT) return true
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase()
  const dot = name.lastIndexOf(".")
  return dot >= 0 && LFS_EXTENSIONS.has(name.slice(dot + 1))
}

/** The small text git stores in place of an LFS file. */
export const lfsPointer = (sha256: string, size: number) =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`

/** Starts a git blob id: `update` with the content, then `digest("hex")`. */
export const gitBlobHash = (size: number) => createHash("sha1").update(`blob ${size}\0`)

export const sha1 = (text: string) => createHash("sha1").update(text).digest("hex")
export const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")
