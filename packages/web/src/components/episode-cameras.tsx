import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { EpisodeDetail } from "@robokit/core/episode/schema"
import { useEffect } from "react"
import { plural } from "../formatting.ts"
import type { Player } from "../playback/player.ts"
import { CameraView } from "./camera-view.tsx"
import "./episode-cameras.css"
import "./notes.css"

interface Props {
  player: Player
  dataset: DatasetInfo
  episode: EpisodeDetail
}

/** What all cameras saw at the moment. */
export function EpisodeCameras({ player, dataset, episode }: Props) {
  useEffect(() => {
    // Unwatched, a browser draws nothing and lets videos run on by themselves.
    const onChange = () => document.hidden && player.pause()
    document.addEventListener("visibilitychange", onChange)
    return () => document.removeEventListener("visibilitychange", onChange)
  }, [player])
  const declared = dataset.dataset_metadata?.cameras ?? []
  const inTables = declared.filter(({ name }) => !episode.videos.some(({ camera }) => camera === name))
  return (
    <>
      {episode.videos.length > 0 && (
        <ul className="views" aria-label="Cameras" data-count={Math.min(5, episode.videos.length)}>
          {episode.videos.map((video) => (
            <li key={video.camera}>
              <CameraView
                player={player}
                video={video}
                declared={declared.find(({ name }) => name === video.camera)}
                episode={episode.episode_index}
              />
            </li>
          ))}
        </ul>
      )}
      {inTables.length > 0 && (
        <p className="note note-info small">
          The pictures of {plural(inTables.length, "camera")} ({inTables.map(({ name }) => name).join(", ")}) are not in
          videos but inside the dataset’s tables. They are not shown here yet; the numbers below are all there.
        </p>
      )}
    </>
  )
}
