/**
 * Draws and encodes the clips the sample videos are made of: `node packages/local/scripts/make-clips.ts`.
 * Needs ffmpeg with libsvtav1, libx264 and libx265 on the PATH (Debian: apt-get install ffmpeg). The clips are
 * committed, so this runs only when the scene or the list of clips changes.
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { CLIPS, clipUrl, type Clip, type ClipName } from "../src/samples/clips.ts"
import { CYCLE, draw, drawDepth } from "../src/samples/scene.ts"

const FPS = 30
const MAX_BYTES = 40 * 1024

const ENCODERS: Record<Clip["codec"], string[]> = {
  av1: ["-c:v", "libsvtav1", "-preset", "6", "-crf", "38", "-g", "2", "-svtav1-params", "tune=0:pred-struct=1"],
  h264: ["-c:v", "libx264", "-preset", "veryslow", "-crf", "30", "-g", "2", "-bf", "0"],
  hevc: [
    "-c:v",
    "libx265",
    "-preset",
    "slow",
    "-tag:v",
    "hvc1",
    "-x265-params",
    "keyint=2:bframes=0:crf=18:log-level=error",
  ],
}

function raw({ view, width, height }: Clip): Buffer {
  const frames = Array.from({ length: CYCLE }, (_, frame) => {
    if (view !== "depth") return draw(view, width, height, frame)
    const millimetres = drawDepth(width, height, frame)
    return new Uint8Array(millimetres.buffer)
  })
  return Buffer.concat(frames)
}

for (const [name, clip] of Object.entries(CLIPS)) {
  const out = fileURLToPath(clipUrl(name as ClipName))
  mkdirSync(new URL(".", clipUrl(name as ClipName)), { recursive: true })
  const from = clip.view === "depth" ? "gray12le" : "rgb24"
  const input = ["-f", "rawvideo", "-pix_fmt", from, "-s", `${clip.width}x${clip.height}`, "-r", `${FPS}`, "-i", "-"]
  const output = [...ENCODERS[clip.codec], "-pix_fmt", clip.pix_fmt, "-movflags", "+faststart", "-bitexact", "-y", out]
  const { status, stderr } = spawnSync("ffmpeg", ["-v", "error", ...input, ...output], { input: raw(clip) })
  if (status !== 0) throw new Error(`ffmpeg failed on ${name}: ${stderr}`)
  const { size } = statSync(out)
  if (size > MAX_BYTES) throw new Error(`${name} is ${size} bytes, more than ${MAX_BYTES}`)
  console.log(`${name}: ${size} bytes`)
}
