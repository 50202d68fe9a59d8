import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { EpisodeVideo } from "@robokit/core/episode/schema"
import type { Camera } from "@robokit/core/format/schema"
import { useQuery } from "@tanstack/react-query"
import { firstEpisodeQuery } from "../api/episodes.ts"
import { formatCount, formatDecimal, plural } from "../formatting.ts"
import { CameraStill } from "./camera-still.tsx"
import { CameraIcon } from "./icons.tsx"
import { SectionHead } from "./section-head.tsx"

/** The longer side of the drawn frame, in pixels of ours. */
const DRAWN = 88

interface Props {
  cameras: Camera[]
  dataset: DatasetInfo
  /** Where the pictures lie is known. */
  isIndexed: boolean
}

export function Cameras({ cameras, dataset, isIndexed }: Props) {
  const { data: first } = useQuery({ ...firstEpisodeQuery(dataset.id), enabled: isIndexed })
  return (
    <section aria-labelledby="cameras-title">
      <SectionHead id="cameras-title" title="Cameras" count={formatCount(cameras.length)} />
      <ul className="cameras">
        {cameras.map((camera, index) => (
          <li key={index} className="panel camera">
            <Frame camera={camera} video={first?.videos.find((each) => each.camera === camera.name)} />
            <h3>{camera.name}</h3>
            <p>{described(camera)}</p>
            {camera.episodes !== null && <p>{plural(camera.episodes, "episode")}</p>}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** A picture; until there is one its shape, drawn to scale: what differs between cameras is seen before it is read. */
function Frame({ camera: { width, height, fps }, video }: { camera: Camera; video: EpisodeVideo | undefined }) {
  const still = video && fps !== null && <CameraStill video={video} fps={fps} />
  if (!width || !height) {
    return (
      <div className="camera-frame soft">
        <CameraIcon />
        {still}
      </div>
    )
  }
  const scale = DRAWN / Math.max(width, height)
  return (
    <div className="camera-frame">
      <div
        className="camera-outline"
        style={{ width: Math.max(8, width * scale), height: Math.max(8, height * scale) }}
      />
      {still}
    </div>
  )
}

function described({ width, height, fps, codec, pixel_format }: Camera): string {
  return [
    width === null || height === null ? "size unknown" : `${width}×${height}`,
    fps === null ? "fps unknown" : `${formatDecimal(fps)} fps`,
    codec ?? "codec unknown",
    pixel_format,
  ]
    .filter((part) => part !== null)
    .join(" · ")
}
