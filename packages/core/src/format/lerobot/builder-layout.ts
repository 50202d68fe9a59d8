import { CHUNKS_SIZE, DATA_MB, dtypeOf, VIDEO_MB, widthOf } from "./builder-info.ts"
import { imagesOf, videosOf, type LeRobotSpec, type Media } from "./builder-spec.ts"

/** A numbered file of v3.0; in v2.x `chunk` is the chunk directory and `file` the episode. */
export interface Place {
  chunk: number
  file: number
}

/** Seconds inside the mp4 at that place. */
export interface VideoPlace extends Place {
  from_timestamp: number
  to_timestamp: number
}

export interface Places {
  data: Place
  meta: Place
  videos: Record<string, VideoPlace>
}

const MIB = 1024 * 1024
const BYTES: Record<string, number> = { bool: 1 / 8, int64: 8, float64: 8, uint8: 4, string: 4, image: 4096 }
/** timestamp, frame_index, episode_index, index, task_index */
const DEFAULT_COLUMNS = 4 + 4 * 8

/** Where every episode's rows, metadata row and takes go. */
export function layOut(spec: LeRobotSpec, media: Media): Places[] {
  const chunks = spec.chunks_size ?? CHUNKS_SIZE
  if (spec.version !== "3.0") return spec.episodes.map((episode, at) => perEpisode(spec, at, episode.length, chunks))

  const sessions = new Set(spec.sessions)
  const rowBytes =
    DEFAULT_COLUMNS +
    spec.signals.reduce((sum, signal) => sum + widthOf(signal) * (BYTES[dtypeOf(signal)] ?? 4), 0) +
    imagesOf(spec).reduce((sum, camera) => sum + (media.bytesPerFrame(camera) || BYTES["image"]!), 0)
  const data = new Files((spec.data_files_size_in_mb ?? DATA_MB) * MIB, chunks)
  const meta = new Files(Infinity, chunks)
  const cameras = videosOf(spec).map((camera) => ({
    name: camera.name,
    perFrame: media.bytesPerFrame(camera),
    files: new Files((spec.video_files_size_in_mb ?? VIDEO_MB) * MIB, chunks),
    frames: 0,
  }))

  return spec.episodes.map(({ length }, episode) => {
    const resumed = sessions.has(episode)
    const videos = cameras.map((camera): [string, VideoPlace] => {
      const place = camera.files.take(length * camera.perFrame, resumed)
      if (camera.files.opened) camera.frames = 0
      const from_timestamp = camera.frames / spec.fps
      camera.frames += length
      return [camera.name, { ...place, from_timestamp, to_timestamp: camera.frames / spec.fps }]
    })
    return {
      data: data.take(length * rowBytes, resumed),
      meta: meta.take(0, resumed),
      videos: Object.fromEntries(videos),
    }
  })
}

function perEpisode(spec: LeRobotSpec, episode: number, length: number, chunks: number): Places {
  const place = { chunk: Math.floor(episode / chunks), file: episode }
  const take = { ...place, from_timestamp: 0, to_timestamp: length / spec.fps }
  return {
    data: place,
    meta: { chunk: 0, file: 0 },
    videos: Object.fromEntries(videosOf(spec).map(({ name }) => [name, take])),
  }
}

/** A new file when what is there and the next unit reach the limit and the file is not empty; a resume always. */
class Files {
  readonly #limit: number
  readonly #perChunk: number
  #bytes = 0
  #place: Place = { chunk: 0, file: 0 }
  #used = false
  /** Whether the last `take` began a file. */
  opened = false

  constructor(limit: number, perChunk: number) {
    this.#limit = limit
    this.#perChunk = perChunk
  }

  take(bytes: number, resumed: boolean): Place {
    const { chunk, file } = this.#place
    const full = this.#bytes > 0 && this.#bytes + bytes >= this.#limit
    this.opened = !this.#used || full || resumed
    if (this.#used && this.opened) {
      this.#place = file === this.#perChunk - 1 ? { chunk: chunk + 1, file: 0 } : { chunk, file: file + 1 }
      this.#bytes = 0
    }
    this.#used = true
    this.#bytes += bytes
    return this.#place
  }
}
