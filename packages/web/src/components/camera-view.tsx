import type { EpisodeVideo } from "@robokit/core/episode/schema"
import type { Camera as Declared } from "@robokit/core/format/schema"
import { useEffect, useRef, useState } from "react"
import type { Failure } from "../playback/camera.ts"
import type { Player } from "../playback/player.ts"
import { CameraFailure } from "./camera-failure.tsx"
import { usePlayer } from "./use-player.ts"

interface Props {
  player: Player
  video: EpisodeVideo
  declared: Declared | undefined
  episode: number
}

/** One camera's picture, straight from the Hub; where there is none, why. */
export function CameraView({ player, video, declared, episode }: Props) {
  const { camera, url, from_s, to_s } = video
  const [attempt, setAttempt] = useState(0)
  const element = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    if (!element.current || from_s === null) return
    return player.attach(camera, element.current, { from_s, to_s })
  }, [player, camera, url, from_s, to_s, attempt])
  const state = usePlayer(player, (of) => stateOf(of, camera))
  const failure = FAILURES.find((each) => each === state)
  const size = [declared?.width && `${declared.width}×${declared.height}`, declared?.codec].filter(Boolean).join(" · ")

  // What is said instead of a picture may need more room.
  const hasShape = declared?.width && declared.height && !failure && url !== null && from_s !== null

  return (
    <figure className="view">
      <div className="view-frame" style={hasShape ? { aspectRatio: `${declared.width} / ${declared.height}` } : {}}>
        {url !== null && from_s !== null && (
          <video
            key={`${url} ${attempt}`}
            ref={element}
            src={url}
            hidden={failure !== undefined}
            muted
            playsInline
            disablePictureInPicture
            preload="auto"
            tabIndex={-1}
            aria-label={`${camera}, episode ${episode}`}
            onClick={() => player.toggle()}
          />
        )}
        {url === null && <p className="view-note">Its table does not state a video of this camera.</p>}
        {url !== null && from_s === null && (
          <p className="view-note">
            Its table does not state where in the file the episode lies, so it is not shown: it could be another one.{" "}
            <a href={url}>Download the file</a>
          </p>
        )}
        {failure && url !== null && (
          <CameraFailure
            failure={failure}
            codec={declared?.codec ?? null}
            url={url}
            onRetry={() => setAttempt((n) => n + 1)}
          />
        )}
        {state === "loading" && url !== null && from_s !== null && <p className="view-wait">Loading…</p>}
        {state === "waiting" && <p className="view-wait">Waiting for pictures…</p>}
        {state === "beyond" && <p className="view-wait">No picture of this frame: its part of the file ends before.</p>}
      </div>
      <figcaption>
        <span className="view-name">{camera}</span> {size && <span className="soft">{size}</span>}
      </figcaption>
    </figure>
  )
}

const FAILURES: Failure[] = ["not_supported", "decode", "network"]

function stateOf(player: Player, name: string): Failure | "loading" | "waiting" | "beyond" | "shown" {
  const camera = player.camera(name)
  if (!camera) return "loading"
  if (camera.failure) return camera.failure
  if (player.frame > camera.last) return "beyond"
  if (camera.video.readyState === 0) return "loading"
  return player.isWaiting && !camera.isReady ? "waiting" : "shown"
}
