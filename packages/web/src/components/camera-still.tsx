import type { EpisodeVideo } from "@robokit/core/episode/schema"
import { useState } from "react"
import { mediaTimeOf } from "../playback/window.ts"

interface Props {
  video: EpisodeVideo
  fps: number
}

/** What a camera saw first in an episode, straight from the Hub; nothing where the browser cannot show it. */
export function CameraStill({ video: { camera, url, from_s, to_s }, fps }: Props) {
  const [isThere, setThere] = useState(false)
  if (url === null || from_s === null) return null
  return (
    <video
      className="camera-still"
      hidden={!isThere}
      src={`${url}#t=${mediaTimeOf(0, { from_s, to_s }, fps)}`}
      preload="metadata"
      muted
      playsInline
      disablePictureInPicture
      tabIndex={-1}
      aria-label={`First picture of ${camera}`}
      onLoadedData={() => setThere(true)}
    />
  )
}
