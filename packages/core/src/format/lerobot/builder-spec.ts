import type { LeafType } from "../../parquet/write.ts"
import type { Levels } from "./builder-stats.ts"

/** One file the builder wrote; `read` returns `[start, end)`. */
export interface BuiltFile {
  readonly size: number
  read(start: number, end: number): Promise<Uint8Array> | Uint8Array
}

export interface EpisodeSpec {
  /** Frames. */
  length: number
  tasks: string[]
}

export interface CameraSpec {
  /** Feature name: `observation.images.front`. */
  name: string
  width: number
  height: number
  /** `video` is an mp4 beside the tables, `image` PNG bytes inside them. */
  kind: "video" | "image"
  /** As info.json says it: `av1`, `h264`, `hevc`. */
  codec?: string
  pix_fmt?: string
  /** One channel of millimetres instead of three of colour. */
  depth?: boolean
  /** Further keys of the feature's `info` (how depth is coded, the encoder's settings, …). */
  info?: Record<string, unknown>
}

/**
 * What a signal's values are: `action` the command, `state` the arm's answer to it, `velocity` and `effort` derived
 * from that, `done`, `success` and `reward` of the episode, `text` its task.
 */
export type SignalRole = "action" | "state" | "velocity" | "effort" | "done" | "success" | "reward" | "text"

export interface SignalSpec {
  /** Feature name: `action`, `observation.state`, … */
  name: string
  role: SignalRole
  dtype?: LeafType
  /** Joint names; null writes `names: null`. Decides the width together with `ranges`. */
  names?: string[] | null
  /** `[low, high]` per joint in the signal's unit; needed for action and state. */
  ranges?: [number, number][]
  /** Indices of grippers. */
  grippers?: number[]
  /** Further keys of the feature in info.json (`unit`, `description`, …). */
  extra?: Record<string, unknown>
}

export interface LeRobotSpec {
  version: "2.0" | "2.1" | "3.0"
  fps: number
  robot_type: string | null
  episodes: EpisodeSpec[]
  cameras?: CameraSpec[]
  signals: SignalSpec[]
  seed?: number
  /** v2: episodes per chunk; v3: files per chunk. */
  chunks_size?: number
  /** MiB after which a new data file begins (v3). */
  data_files_size_in_mb?: number
  /** MiB after which a new mp4 begins (v3), each camera on its own. */
  video_files_size_in_mb?: number
  /** Episodes at which a resumed recording opened new files (v3). */
  sessions?: number[]
  /**
   * Whose habits to follow (v3): `recorder` writes a row group per episode and quantiles, `converter` (the official
   * v2.1 → v3.0) one row group per file, one episodes file, no quantiles, and `fps` in every feature.
   */
  writer?: "recorder" | "converter"
  /** Keys laid over info.json. */
  info?: Record<string, unknown>
}

/** One take inside an mp4. */
export interface Segment {
  episode: number
  frames: number
}

/** Where pictures come from, so that the builder needs no encoder. */
export interface Media {
  /** An mp4 with exactly the frames of these segments, in order, at the dataset's fps. */
  video(camera: CameraSpec, segments: readonly Segment[]): Promise<Uint8Array> | Uint8Array
  /** Bytes one frame takes in `video`, about: decides when a file is full. */
  bytesPerFrame(camera: CameraSpec): number
  /** PNG of one frame of an image camera. */
  image(camera: CameraSpec, episode: number, frame: number): Uint8Array
  /** Pixel values of one frame, per channel; null when unknown: the camera then has no statistics. */
  levels(camera: CameraSpec, episode: number, frame: number): Levels[] | null
}

/** A dataset without cameras needs no pictures; asking for one is a mistake in the spec. */
export const noMedia: Media = {
  video: ({ name }) => {
    throw new Error(`The spec has the camera ${name} but no media to film it with`)
  },
  bytesPerFrame: () => 0,
  image: ({ name }) => {
    throw new Error(`The spec has the camera ${name} but no media to draw it with`)
  },
  levels: () => null,
}

export const videosOf = ({ cameras = [] }: LeRobotSpec) => cameras.filter(({ kind }) => kind === "video")
export const imagesOf = ({ cameras = [] }: LeRobotSpec) => cameras.filter(({ kind }) => kind === "image")
