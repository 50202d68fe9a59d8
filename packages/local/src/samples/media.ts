import { statSync } from "node:fs"
import type { CameraSpec, Levels, Media } from "@robokit/core/format/lerobot/builder"
import { CLIPS, clipUrl, type ClipName } from "./clips.ts"
import { encodePng } from "./png.ts"
import { CYCLE, draw, drawDepth, type View } from "./scene.ts"
import { filmVideo, firstFrameOf } from "./video.ts"

/** A camera of a sample: a clip to loop, or a view to draw frame by frame. */
export type SampleCamera =
  | { name: string; clip: ClipName }
  | { name: string; view: Exclude<View, "depth">; width: number; height: number }

/** How LeRobot 0.6 says that a 12-bit code is the distance in millimetres. */
const MILLIMETRES = {
  is_depth_map: true,
  "video.depth_min": 0,
  "video.depth_max": 4.095,
  "video.shift": 0,
  "video.use_log": false,
  depth_unit: "mm",
}

export const toCameraSpec = (camera: SampleCamera): CameraSpec => {
  if (!("clip" in camera)) return { name: camera.name, width: camera.width, height: camera.height, kind: "image" }
  const { width, height, codec, pix_fmt, view } = CLIPS[camera.clip]
  const spec: CameraSpec = { name: camera.name, width, height, kind: "video", codec, pix_fmt }
  return view === "depth" ? { ...spec, depth: true, info: MILLIMETRES } : spec
}

/** Films and draws what the builder asks for; statistics come from the drawn frames, before any encoding. */
export function sampleMedia(cameras: readonly SampleCamera[], fps: number): Media {
  const byName = new Map(cameras.map((camera) => [camera.name, camera]))
  const known = ({ name }: CameraSpec) => {
    const camera = byName.get(name)
    if (!camera) throw new Error(`No sample camera is called ${name}`)
    return camera
  }
  return {
    video: (spec, segments) => {
      const camera = known(spec)
      if (!("clip" in camera)) throw new Error(`${spec.name} draws images, not videos`)
      return filmVideo(camera.clip, fps, segments)
    },
    bytesPerFrame: (spec) => {
      const camera = known(spec)
      return "clip" in camera ? statSync(clipUrl(camera.clip)).size / CYCLE : 0
    },
    image: (spec, episode, frame) => {
      const camera = known(spec)
      if ("clip" in camera) throw new Error(`${spec.name} films videos, not images`)
      const at = (firstFrameOf(episode) + frame) % CYCLE
      return remember(`png ${camera.view} ${camera.width} ${camera.height} ${at}`, () =>
        encodePng(draw(camera.view, camera.width, camera.height, at), camera.width, camera.height),
      )
    },
    levels: (spec, episode, frame) => {
      const camera = known(spec)
      const { view, width, height } = "clip" in camera ? CLIPS[camera.clip] : camera
      const at = (firstFrameOf(episode) + frame) % CYCLE
      return remember(`levels ${view} ${width} ${height} ${at}`, () => levelsOf(view, width, height, at))
    },
  }
}

/** A cycle has 90 frames and every episode of every sample repeats them. */
const memory = new Map<string, unknown>()
function remember<T>(key: string, make: () => T): T {
  const known = memory.get(key) as T | undefined
  if (known !== undefined) return known
  const made = make()
  memory.set(key, made)
  return made
}

function levelsOf(view: View, width: number, height: number, frame: number): Levels[] {
  if (view === "depth") return [count(drawDepth(width, height, frame), 0, 1)]
  const pixels = draw(view, width, height, frame)
  return [0, 1, 2].map((channel) => count(pixels, channel, 3))
}

function count(values: ArrayLike<number>, from: number, step: number): Levels {
  const counts = new Map<number, number>()
  for (let at = from; at < values.length; at += step) counts.set(values[at]!, (counts.get(values[at]!) ?? 0) + 1)
  return { values: [...counts.keys()], counts: [...counts.values()] }
}
