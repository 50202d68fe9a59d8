import { plural, type Notes } from "./notes.ts"
import { isRecord } from "./text.ts"

/**
 * The draft of version 2.0 (lerobot-format.md §1.2) has no `features` but lists: `keys`, `video_keys`, `image_keys`, with
 * `shapes` and `names` beside them. Rewritten as features; the draft states no dtype, so vectors have none.
 *
 * @returns undefined when the info is of no such kind.
 */
export function draftFeatures(
  raw: Readonly<Record<string, unknown>>,
  notes: Notes,
): Record<string, unknown> | undefined {
  const [keys, videos, images] = [names(raw["keys"]), names(raw["video_keys"]), names(raw["image_keys"])]
  if (raw["features"] !== undefined || keys.length + videos.length + images.length === 0) return undefined
  const declaredVideos = isRecord(raw["videos"])
    ? Object.entries(raw["videos"]).filter(([, each]) => isRecord(each))
    : []
  const isVideo = new Set([...videos, ...declaredVideos.map(([key]) => key)])
  const isImage = new Set(images)
  const all = new Set([...keys, ...isVideo, ...images])
  notes.add(
    `info.json is of the draft of version 2.0: ${plural(all.size, "feature")} come from its lists of keys, which state no dtype.`,
  )
  return Object.fromEntries(
    [...all].map((key) => {
      const dtype = isVideo.has(key) ? "video" : isImage.has(key) ? "image" : "unknown"
      return [key, { dtype, shape: shapeOf(own(raw["shapes"], key)), names: own(raw["names"], key) ?? null }]
    }),
  )
}

const names = (value: unknown): string[] =>
  Array.isArray(value)
    ? (value as unknown[]).filter((each): each is string => typeof each === "string").slice(0, 2000)
    : []

const own = (map: unknown, key: string): unknown => (isRecord(map) && Object.hasOwn(map, key) ? map[key] : undefined)

/** A list, a single size, or `{width, height, channels}`. */
function shapeOf(value: unknown): unknown {
  if (!isRecord(value)) return value
  return [value["height"], value["width"], value["channels"]]
}
