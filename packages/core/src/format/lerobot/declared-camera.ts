import type { Feature } from "./feature.ts"
import { frameRate, type Info } from "./info.ts"
import { shown, type Notes } from "./notes.ts"
import { isRecord } from "./text.ts"

/** Encoder names, sample entries and spellings, to what decoders are called. */
const CODECS: Record<string, string | null> = {
  av1: "av1",
  av01: "av1",
  libsvtav1: "av1",
  "libaom-av1": "av1",
  av1_nvenc: "av1",
  h264: "h264",
  "h.264": "h264",
  avc: "h264",
  avc1: "h264",
  avc3: "h264",
  x264: "h264",
  libx264: "h264",
  h264_nvenc: "h264",
  h264_videotoolbox: "h264",
  h264_vaapi: "h264",
  h264_qsv: "h264",
  hevc: "hevc",
  h265: "hevc",
  "h.265": "hevc",
  hev1: "hevc",
  hvc1: "hevc",
  x265: "hevc",
  libx265: "hevc",
  hevc_nvenc: "hevc",
  hevc_videotoolbox: "hevc",
  hevc_vaapi: "hevc",
  hevc_qsv: "hevc",
  vp9: "vp9",
  vp09: "vp9",
  "libvpx-vp9": "vp9",
  mp4v: "mpeg4",
  mpeg4: "mpeg4",
  "mpeg-4": "mpeg4",
  // Names of the container: they say nothing about what is inside.
  mp4: null,
  mkv: null,
  mov: null,
}

/** What info.json says about a camera. Each list holds the different answers given; none and several are both no answer. */
export interface DeclaredCamera {
  key: string
  isVideo: boolean
  width: number[]
  height: number[]
  fps: number[]
  codec: string[]
  pixel_format: string[]
  isDepth: boolean
}

export const isCamera = ({ dtype }: Pick<Feature, "dtype">) => dtype === "video" || dtype === "image"

export function declaredCamera(feature: Feature, info: Info, notes: Notes): DeclaredCamera {
  const { key } = feature
  const sources = [...feature.videoInfo, ...topLevel(info, key)]
  const values = (...names: string[]) =>
    sources.flatMap((source) => names.map((name) => source[name]).filter((each) => each !== undefined && each !== null))
  const size = imageSize(feature, notes)
  const sizes = (name: "width" | "height") =>
    distinct([...values(`video.${name}`, `video_${name}`, name).filter(isSize), ...(size ? [size[name]] : [])])
  return {
    key,
    isVideo: feature.dtype === "video",
    width: sizes("width"),
    height: sizes("height"),
    fps: distinct(
      values("video.fps", "video_fps", "fps").flatMap(
        (each) => frameRate(each, `Camera ${shown(key)}: fps`, notes) ?? [],
      ),
    ),
    codec: distinct(values("video.codec", "video_codec", "codec").flatMap((each) => codecName(each, key, notes) ?? [])),
    pixel_format: distinct(
      values("video.pix_fmt", "video_pix_fmt", "pix_fmt").filter(
        (each): each is string => typeof each === "string" && each !== "",
      ),
    ),
    isDepth: values("is_depth_map", "video.is_depth_map", "video_is_depth_map").includes(true),
  }
}

/** The draft of 2.0 had a map of videos beside the features. */
function topLevel({ raw }: Info, key: string): Readonly<Record<string, unknown>>[] {
  const videos = raw["videos"]
  if (!isRecord(videos) || !Object.hasOwn(videos, key)) return []
  const entry = videos[key]
  return isRecord(entry) ? [entry] : []
}

function codecName(value: unknown, key: string, notes: Notes): string | undefined {
  if (typeof value !== "string" || value === "") return undefined
  const name = value.trim().toLowerCase()
  const known = Object.hasOwn(CODECS, name) ? CODECS[name] : name.slice(0, 40)
  if (known === null)
    notes.add(`Camera ${shown(key)} declares the codec ${shown(value)}, which is a container and no codec.`)
  return known ?? undefined
}

/**
 * Width and height from the shape: by the names of its axes when they fit, else by which axis can be channels (1, 3 or 4).
 * Both orders exist in the wild, and names that contradict the shape too.
 */
function imageSize({ key, shape, labels }: Feature, notes: Notes): { width: number; height: number } | undefined {
  if (shape.length === 2) return pair(shape[1], shape[0])
  if (shape.length !== 3) return undefined
  const [first, , last] = shape
  const isChannel = (size: number | null | undefined) => size === 1 || size === 3 || size === 4
  const channelAxis =
    labels.length === 3 ? labels.findIndex((name) => /^(?:channels?|rgb|bgr|rgba|depth|c)$/i.test(name)) : -1
  if (channelAxis >= 0 && isChannel(shape[channelAxis])) {
    const axis = (name: RegExp) => labels.findIndex((label) => name.test(label))
    const [width, height] = [axis(/^(?:width|w)$/i), axis(/^(?:height|h)$/i)]
    if (width >= 0 && height >= 0) return pair(shape[width], shape[height])
    return channelAxis === 0 ? pair(shape[2], shape[1]) : pair(shape[1], shape[0])
  }
  if (channelAxis >= 0) {
    notes.add(
      `Camera ${shown(key)} names its axes ${shown(labels)}, which its shape ${shown(shape)} contradicts; the shape was believed.`,
    )
  }
  if (isChannel(last) && !isChannel(first)) return pair(shape[1], first)
  if (isChannel(first) && !isChannel(last)) return pair(last, shape[1])
  if (isChannel(last)) return pair(shape[1], first)
  return undefined
}

const pair = (width: number | null | undefined, height: number | null | undefined) =>
  isSize(width) && isSize(height) ? { width, height } : undefined

const isSize = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value > 0 && value <= 65_536

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)]
