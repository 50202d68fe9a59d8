import { AppError } from "../../error.ts"
import type { Files } from "../../files/files.ts"
import { probeMp4, type Mp4 } from "../../media/mp4.ts"
import type { Camera } from "../schema.ts"
import type { DeclaredCamera } from "./declared-camera.ts"
import type { CameraFiles } from "./listing.ts"
import { plural, shown, type Notes } from "./notes.ts"

/** Headers read per dataset: a hundred cameras are declared nowhere in earnest. */
const MAX_PROBES = 16

export interface CameraContext {
  files: Files
  fps: number | null
  notes: Notes
  signal: AbortSignal
}

/** A camera as declared, completed from the header of one of its files where the declaration is silent or contradicts itself. */
export async function completeCameras(
  declared: readonly DeclaredCamera[],
  filesOf: ReadonlyMap<string, CameraFiles>,
  episodesOf: (camera: DeclaredCamera) => number | null,
  ctx: CameraContext,
): Promise<Camera[]> {
  const cameras: Camera[] = []
  let probes = 0
  for (const camera of declared) {
    const file = filesOf.get(camera.key)?.first ?? null
    const isProbed = camera.isVideo && file !== null && !isCertain(camera) && probes++ < MAX_PROBES
    const header = isProbed ? await probe(ctx, camera.key, file) : null
    cameras.push(
      camera.isVideo ? video(camera, header, ctx, episodesOf(camera)) : image(camera, ctx, episodesOf(camera)),
    )
  }
  if (probes > MAX_PROBES)
    ctx.notes.add(
      `The headers of ${MAX_PROBES} videos were read; what ${probes - MAX_PROBES} further cameras do not declare stays unknown.`,
    )
  for (const { key, isVideo } of declared) {
    const count = filesOf.get(key)?.count ?? 0
    if (!isVideo && count)
      ctx.notes.add(`Camera ${shown(key)} is declared as images in the tables, yet has ${plural(count, "video file")}.`)
  }
  if (declared.some(({ isVideo }) => !isVideo)) {
    ctx.notes.add(
      "Cameras of dtype image are pictures inside the data tables; their codec and pixel format were not read.",
    )
  }
  return cameras
}

const PROPERTIES = ["width", "height", "fps", "codec", "pixel_format"] as const

const isCertain = (camera: DeclaredCamera) => PROPERTIES.every((name) => camera[name].length === 1)

/** The header of one file; a broken file is no more than a note. */
async function probe(
  { files, notes, signal }: CameraContext,
  key: string,
  file: NonNullable<CameraFiles["first"]>,
): Promise<Mp4 | null> {
  try {
    return await probeMp4(files.open(file), { signal })
  } catch (error) {
    if (!(error instanceof AppError) || (error.kind !== "invalid" && error.kind !== "limit")) throw error
    notes.add(`Camera ${shown(key)}: ${error.message}`)
    return null
  }
}

function video(camera: DeclaredCamera, header: Mp4 | null, ctx: CameraContext, episodes: number | null): Camera {
  const { key } = camera
  const settle = <T extends string | number>(
    name: (typeof PROPERTIES)[number],
    answers: readonly T[],
    fromFile: T | null,
  ): T | null => {
    const others = answers.filter((answer) => !isSame(answer, fromFile))
    if (fromFile !== null) {
      if (others.length)
        ctx.notes.add(
          `Camera ${shown(key)}: info.json declares ${name} ${others.map(shown).join(" and ")}, its video file has ${shown(fromFile)}.`,
        )
      return fromFile
    }
    if (answers.length > 1) {
      ctx.notes.add(
        `Camera ${shown(key)}: info.json contradicts itself about ${name} (${answers.map(shown).join(", ")}), and no file could be asked; the first is given.`,
      )
    }
    return answers[0] ?? null
  }
  const result: Camera = {
    name: key,
    width: settle("width", camera.width, header?.width ?? null),
    height: settle("height", camera.height, header?.height ?? null),
    fps: settle("fps", camera.fps, rounded(header?.fps ?? null)),
    codec: settle("codec", camera.codec, header?.codec ?? null),
    pixel_format: settle("pixel_format", camera.pixel_format, header?.pixel_format ?? null),
    episodes,
  }
  const unknown = PROPERTIES.filter((name) => result[name] === null)
  if (unknown.length)
    ctx.notes.add(
      `Camera ${shown(key)}: ${unknown.join(", ")} ${unknown.length === 1 ? "is" : "are"} neither declared nor to be had from a video file.`,
    )
  if (result.fps !== null && ctx.fps !== null && Math.abs(result.fps - ctx.fps) > 0.01) {
    ctx.notes.add(`Camera ${shown(key)} runs at ${result.fps} frames a second, the dataset at ${ctx.fps}.`)
  }
  return result
}

function image(camera: DeclaredCamera, { fps, notes }: CameraContext, episodes: number | null): Camera {
  const size = (name: "width" | "height") => {
    if (camera[name].length > 1)
      notes.add(`Camera ${shown(camera.key)}: info.json contradicts itself about ${name} (${camera[name].join(", ")}).`)
    if (camera[name].length === 0) notes.add(`Camera ${shown(camera.key)}: its ${name} is not declared.`)
    return camera[name].length === 1 ? camera[name][0]! : null
  }
  // A row of the table is a picture of every image camera, so the dataset's rate is theirs.
  return {
    name: camera.key,
    width: size("width"),
    height: size("height"),
    fps: camera.fps[0] ?? fps,
    codec: null,
    pixel_format: null,
    episodes,
  }
}

/** A median of whole ticks: 29.97 comes out as 29.97002997…, which nobody declares. */
const rounded = (fps: number | null) => (fps === null ? null : Math.round(fps * 1000) / 1000)

const isSame = (declared: unknown, found: unknown) =>
  typeof declared === "number" && typeof found === "number" ? Math.abs(declared - found) < 0.01 : declared === found

/** What is said when a declared camera has no file, or has files for a part of the episodes only. */
export function noteCoverage(camera: Camera, isVideo: boolean, episodeCount: number | null, notes: Notes) {
  const what = isVideo ? "video file" : "data table"
  if (camera.episodes === 0) notes.add(`Camera ${shown(camera.name)} is declared but has no ${what}.`)
  else if (camera.episodes !== null && episodeCount !== null && camera.episodes < episodeCount) {
    notes.add(
      `Camera ${shown(camera.name)} has a ${what} for ${camera.episodes.toLocaleString("en")} of ${plural(episodeCount, "episode")}.`,
    )
  }
}
