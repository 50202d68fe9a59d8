import type { Camera } from "@robokit/core/format/schema"
import { formatCount, formatDecimal, plural } from "../formatting.ts"
import { CameraIcon } from "./icons.tsx"
import { SectionHead } from "./section-head.tsx"

/** The longer side of the drawn frame, in pixels of ours. */
const DRAWN = 88

export const Cameras = ({ cameras }: { cameras: Camera[] }) => (
  <section aria-labelledby="cameras-title">
    <SectionHead id="cameras-title" title="Cameras" count={formatCount(cameras.length)} />
    <ul className="cameras">
      {cameras.map((camera, index) => (
        <li key={index} className="panel camera">
          <Frame camera={camera} />
          <h3>{camera.name}</h3>
          <p>{described(camera)}</p>
          {camera.episodes !== null && <p>{plural(camera.episodes, "episode")}</p>}
        </li>
      ))}
    </ul>
  </section>
)

/** The picture's shape, drawn to scale: what differs between cameras is seen before it is read. */
function Frame({ camera: { width, height } }: { camera: Camera }) {
  if (!width || !height) {
    return (
      <div className="camera-frame soft">
        <CameraIcon />
      </div>
    )
  }
  const scale = DRAWN / Math.max(width, height)
  return (
    <div className="camera-frame">
      <div
        className="camera-outline"
        style={{ width: Math.max(8, width * scale), height: Math.max(8, height * scale) }}
      >
        {width}×{height}
      </div>
    </div>
  )
}

function described({ width, height, fps, codec, pixel_format }: Camera): string {
  return [
    width === null || height === null ? "size unknown" : null,
    fps === null ? "fps unknown" : `${formatDecimal(fps)} fps`,
    codec ?? "codec unknown",
    pixel_format,
  ]
    .filter((part) => part !== null)
    .join(" · ")
}
