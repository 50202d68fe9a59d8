import { readFile } from "node:fs/promises"
import type { Segment } from "@robokit/core/format/lerobot/builder"
import {
  BufferSource,
  BufferTarget,
  EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
  type VideoCodec,
} from "mediabunny"
import { clipUrl, type ClipName } from "./clips.ts"
import { CYCLE } from "./scene.ts"

interface Loaded {
  codec: VideoCodec
  config: VideoDecoderConfig
  packets: EncodedPacket[]
}

const loaded = new Map<ClipName, Promise<Loaded>>()

/** Frame of the clip an episode begins with: takes differ, and each begins on a key frame. */
export const firstFrameOf = (episode: number) => (episode * 14) % CYCLE

/**
 * An mp4 of exactly the frames of `segments`: the clip's encoded frames, looped and never re-encoded. Frame n lies at
 * n / fps exactly (the track's time base is the frame rate), and the index comes before the frames.
 */
export async function filmVideo(name: ClipName, fps: number, segments: readonly Segment[]): Promise<Uint8Array> {
  const { codec, config, packets } = await load(name)
  const target = new BufferTarget()
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: "in-memory" }), target })
  const source = new EncodedVideoPacketSource(codec)
  output.addVideoTrack(source, { frameRate: fps })
  await output.start()
  let frame = 0
  for (const { episode, frames } of segments) {
    const first = firstFrameOf(episode)
    for (let at = 0; at < frames; at++, frame++) {
      const { data, type } = packets[(first + at) % packets.length]!
      await source.add(new EncodedPacket(data, type, frame / fps, 1 / fps), { decoderConfig: config })
    }
  }
  await output.finalize()
  if (!target.buffer) throw new Error(`mediabunny gave no file for ${name}`)
  return new Uint8Array(target.buffer)
}

const load = (name: ClipName) => {
  const known = loaded.get(name) ?? read(name)
  loaded.set(name, known)
  return known
}

async function read(name: ClipName): Promise<Loaded> {
  using input = new Input({ source: new BufferSource(await readFile(clipUrl(name))), formats: [MP4] })
  const track = await input.getPrimaryVideoTrack()
  const codec = await track?.getCodec()
  const config = await track?.getDecoderConfig()
  if (!track || !codec || !config) throw new Error(`The clip ${name} has no video that mediabunny knows`)
  const packets: EncodedPacket[] = []
  for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet)
  if (packets.length !== CYCLE) throw new Error(`The clip ${name} has ${packets.length} frames, not ${CYCLE}`)
  return { codec, config, packets }
}
