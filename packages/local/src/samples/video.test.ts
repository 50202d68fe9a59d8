import { BufferSource, EncodedPacketSink, Input, MP4, type EncodedPacket } from "mediabunny"
import { expect, test } from "vitest"
import { CLIPS, type ClipName } from "./clips.ts"
import { CYCLE } from "./scene.ts"
import { filmVideo, firstFrameOf } from "./video.ts"

async function packetsOf(bytes: Uint8Array) {
  using input = new Input({ source: new BufferSource(bytes), formats: [MP4] })
  const track = (await input.getPrimaryVideoTrack())!
  const packets: EncodedPacket[] = []
  for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet)
  return {
    packets,
    codec: await track.getCodec(),
    width: await track.getCodedWidth(),
    height: await track.getCodedHeight(),
  }
}

test("every clip films exactly the frames asked for, at exactly n / fps, and each take begins on a key frame", async () => {
  const codecs = { av1: "av1", h264: "avc", hevc: "hevc" }
  for (const [name, clip] of Object.entries(CLIPS)) {
    const takes = [
      { episode: 0, frames: 101 },
      { episode: 7, frames: 1 },
      { episode: 8, frames: 250 },
    ]
    const { packets, ...video } = await packetsOf(await filmVideo(name as ClipName, 30, takes))

    expect(video).toEqual({ codec: codecs[clip.codec], width: clip.width, height: clip.height })
    expect(packets).toHaveLength(352)
    for (const [at, { timestamp }] of packets.entries()) expect(timestamp).toBeCloseTo(at / 30, 12)
    for (const first of [0, 101, 102]) expect(packets[first]!.type).toBe("key")
  }
})

test("frames are the clip's own bytes, looped: nothing is encoded again", async () => {
  const { packets } = await packetsOf(await filmVideo("top-96x72-av1", 20, [{ episode: 3, frames: CYCLE + 10 }]))
  const whole = await packetsOf(await filmVideo("top-96x72-av1", 20, [{ episode: 0, frames: CYCLE }]))

  for (const [at, { data }] of packets.entries()) {
    expect(data).toEqual(whole.packets[(firstFrameOf(3) + at) % CYCLE]!.data)
  }
})

test("the index comes before the frames, so that a player needs only the beginning", async () => {
  const bytes = Buffer.from(await filmVideo("wrist-96x72-h264", 15, [{ episode: 0, frames: 300 }]))

  expect(bytes.indexOf("moov")).toBeGreaterThan(0)
  expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"))
})
