import type { View } from "./scene.ts"

/** A clip the project drew and encoded itself: `CYCLE` frames, key frame every 2, no B-frames. `scripts/make-clips.ts`. */
export interface Clip {
  view: View
  width: number
  height: number
  /** As info.json names it. */
  codec: "av1" | "h264" | "hevc"
  pix_fmt: "yuv420p" | "gray12le"
}

export const CLIPS = {
  "front-160x120-av1": { view: "front", width: 160, height: 120, codec: "av1", pix_fmt: "yuv420p" },
  "side-128x96-av1": { view: "side", width: 128, height: 96, codec: "av1", pix_fmt: "yuv420p" },
  "wrist-128x96-av1": { view: "wrist", width: 128, height: 96, codec: "av1", pix_fmt: "yuv420p" },
  "top-96x72-av1": { view: "top", width: 96, height: 72, codec: "av1", pix_fmt: "yuv420p" },
  "front-160x120-h264": { view: "front", width: 160, height: 120, codec: "h264", pix_fmt: "yuv420p" },
  "wrist-96x72-h264": { view: "wrist", width: 96, height: 72, codec: "h264", pix_fmt: "yuv420p" },
  "top-128x96-h264": { view: "top", width: 128, height: 96, codec: "h264", pix_fmt: "yuv420p" },
  "depth-96x72-hevc": { view: "depth", width: 96, height: 72, codec: "hevc", pix_fmt: "gray12le" },
} as const satisfies Record<string, Clip>
export type ClipName = keyof typeof CLIPS

export const clipUrl = (name: ClipName) => new URL(`./clips/${name}.mp4`, import.meta.url)
