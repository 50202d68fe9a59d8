import { describe, expect, test } from "vitest"
import { declaredCamera } from "./declared-camera.ts"
import { parseInfo } from "./info.ts"
import { Notes } from "./notes.ts"

function declared(feature: Record<string, unknown>, top: Record<string, unknown> = {}) {
  const notes = new Notes()
  const info = parseInfo({ robot_type: "x", features: { cam: { dtype: "video", ...feature } }, ...top }, notes)
  const { width, height, fps, codec, pixel_format, isDepth } = declaredCamera(info.features[0]!, info, notes)
  return { size: [width, height], fps, codec, pixel_format, isDepth, notes: notes.toList() }
}

describe("width and height of a camera", () => {
  test.each([
    ["HWC without names", { shape: [480, 640, 3] }, [[640], [480]]],
    ["CHW without names", { shape: [3, 480, 640], names: null }, [[640], [480]]],
    ["HWC by names", { shape: [480, 640, 3], names: ["height", "width", "channel"] }, [[640], [480]]],
    ["WHC by names", { shape: [640, 480, 3], names: ["width", "height", "channels"] }, [[640], [480]]],
    ["CHW by names", { shape: [3, 480, 640], names: ["channels", "height", "width"] }, [[640], [480]]],
    ["a depth picture", { shape: [480, 640, 1], names: ["height", "width", "depth"] }, [[640], [480]]],
    ["two dimensions", { shape: [480, 640] }, [[640], [480]]],
    ["a map of names", { shape: [480, 640, 3], names: { axes: ["height", "width", "rgb"] } }, [[640], [480]]],
    ["a picture three pixels high", { shape: [3, 640, 3], names: ["height", "width", "channel"] }, [[640], [3]]],
    ["an unknown shape", { shape: [null, 640, 3] }, [[], []]],
    ["no axis that can be channels", { shape: [480, 640, 7] }, [[], []]],
  ])("%s", (_, feature, size) => expect(declared(feature).size).toEqual(size))

  test("names that contradict the shape give way to it, and a note says so", () => {
    const { size, notes } = declared({ shape: [480, 640, 3], names: ["channel", "height", "width"] })
    expect(size).toEqual([[640], [480]])
    expect(notes).toContainEqual(expect.stringContaining("contradicts"))
  })

  test("a shape that contradicts the video's info leaves two answers, for the file to decide", () => {
    expect(declared({ shape: [480, 640, 3], info: { "video.width": 320, "video.height": 240 } }).size).toEqual([
      [320, 640],
      [240, 480],
    ])
  })
})

describe("what is declared about a video", () => {
  test.each([
    [
      "info of a recorder",
      { info: { "video.fps": 30, "video.codec": "av1", "video.pix_fmt": "yuv420p", is_depth_map: true } },
      {},
    ],
    [
      "video_info of a port",
      {
        video_info: {
          "video.fps": 30.0,
          "video.codec": "libsvtav1",
          "video.pix_fmt": "yuv420p",
          "video.is_depth_map": true,
        },
      },
      {},
    ],
    [
      "keys with underscores",
      { info: { video_fps: 30, video_codec: "AV01", video_pix_fmt: "yuv420p", video_is_depth_map: true } },
      {},
    ],
    [
      "a map beside the features",
      {},
      { videos: { cam: { "video.fps": 30, "video.codec": "av1", "video.pix_fmt": "yuv420p", is_depth_map: true } } },
    ],
    [
      "both, agreeing",
      {
        info: { "video.fps": 30, "video.codec": "av1", "video.pix_fmt": "yuv420p" },
        video_info: { "video.fps": 30.0, "video.codec": "av1", is_depth_map: true },
      },
      {},
    ],
  ])("%s", (_, feature, top) => {
    expect(declared({ shape: [4, 4, 3], ...feature }, top)).toMatchObject({
      fps: [30],
      codec: ["av1"],
      pixel_format: ["yuv420p"],
      isDepth: true,
    })
  })

  test.each([
    ["libx265", "hevc"],
    ["mp4v", "mpeg4"],
    ["avc1", "h264"],
    ["h264_nvenc", "h264"],
    ["vp09", "vp9"],
    ["ffv1", "ffv1"],
  ])("the codec %s is called %s", (written, codec) => {
    expect(declared({ shape: [4, 4, 3], info: { "video.codec": written } }).codec).toEqual([codec])
  })

  test("the name of a container is no codec", () => {
    const { codec, notes } = declared({ shape: [4, 4, 3], info: { "video.codec": "mp4" } })
    expect(codec).toEqual([])
    expect(notes).toContainEqual(expect.stringContaining("a container and no codec"))
  })
})
