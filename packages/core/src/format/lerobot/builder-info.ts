import { imagesOf, videosOf, type CameraSpec, type LeRobotSpec, type SignalSpec } from "./builder-spec.ts"
import type { Tables } from "./builder-tables.ts"

export const V2_DATA = "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet"
export const V2_VIDEO = "videos/chunk-{episode_chunk:03d}/{video_key}/episode_{episode_index:06d}.mp4"
export const V3_DATA = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
export const V3_VIDEO = "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"
export const CHUNKS_SIZE = 1000
export const DATA_MB = 100
export const VIDEO_MB = 200

/** Width of a signal; a scalar is 1. */
export const widthOf = ({ ranges, names }: SignalSpec) => ranges?.length ?? names?.length ?? 1

export const dtypeOf = ({ dtype, role }: SignalSpec) =>
  dtype ?? (role === "done" || role === "success" ? "bool" : role === "text" ? "string" : "float32")

/** info.json as the recorder of that version orders its keys. */
export function infoOf({ spec, episodes, tasks }: Pick<Tables, "spec" | "episodes" | "tasks">) {
  const { version, fps, robot_type, chunks_size = CHUNKS_SIZE } = spec
  const cameras = videosOf(spec).length
  const total_frames = episodes.reduce((sum, { length }) => sum + length, 0)
  const totals = { total_episodes: episodes.length, total_frames, total_tasks: tasks.length }
  const splits = episodes.length ? { train: `0:${episodes.length}` } : {}
  const sizes = {
    data_files_size_in_mb: spec.data_files_size_in_mb ?? DATA_MB,
    video_files_size_in_mb: spec.video_files_size_in_mb ?? VIDEO_MB,
  }
  const converted = spec.writer === "converter"
  const body =
    version === "3.0"
      ? {
          ...totals,
          chunks_size,
          ...(converted ? {} : sizes),
          fps,
          splits,
          data_path: V3_DATA,
          video_path: cameras ? V3_VIDEO : null,
        }
      : {
          ...totals,
          total_videos: cameras * episodes.length,
          total_chunks: Math.ceil(episodes.length / chunks_size),
          chunks_size,
          fps,
          splits,
          data_path: V2_DATA,
          video_path: cameras ? V2_VIDEO : null,
        }
  return {
    codebase_version: `v${version}`,
    robot_type,
    ...body,
    features: featuresOf(spec),
    ...(version === "3.0" && converted ? sizes : {}),
    ...spec.info,
  } as Record<string, unknown>
}

function featuresOf(spec: LeRobotSpec): Record<string, unknown> {
  const rate = spec.version === "3.0" && spec.writer === "converter" ? { fps: spec.fps } : {}
  const scalar = (dtype: string) => ({ dtype, shape: [1], names: null, ...rate })
  return {
    ...Object.fromEntries(
      spec.signals.map((signal) => [
        signal.name,
        {
          dtype: dtypeOf(signal),
          shape: [widthOf(signal)],
          names: signal.names ?? null,
          ...signal.extra,
          ...rate,
        },
      ]),
    ),
    ...Object.fromEntries(imagesOf(spec).map((camera) => [camera.name, { ...pictureOf(camera), ...rate }])),
    ...Object.fromEntries(
      videosOf(spec).map((camera) => [camera.name, { ...pictureOf(camera), info: probed(camera, spec) }]),
    ),
    timestamp: scalar("float32"),
    frame_index: scalar("int64"),
    episode_index: scalar("int64"),
    index: scalar("int64"),
    task_index: scalar("int64"),
  }
}

const channelsOf = ({ depth = false }: CameraSpec) => (depth ? 1 : 3)

const pictureOf = (camera: CameraSpec) => ({
  dtype: camera.kind,
  shape: [camera.height, camera.width, channelsOf(camera)],
  names: ["height", "width", "channels"],
})

function probed(camera: CameraSpec, { fps }: LeRobotSpec) {
  const { width, height, codec = "av1", pix_fmt = "yuv420p", depth = false } = camera
  return {
    "video.height": height,
    "video.width": width,
    "video.codec": codec,
    "video.pix_fmt": pix_fmt,
    "video.is_depth_map": depth,
    "video.fps": fps,
    "video.channels": channelsOf(camera),
    has_audio: false,
    ...camera.info,
  }
}
