import { resolve } from "node:path"
import { sharedData } from "../../../test/shared-data.ts"
import { folderFiles } from "../../files/folder.ts"
import type { Files } from "../../files/files.ts"
import type { DatasetMetadata } from "../schema.ts"
import { lerobot } from "./lerobot.ts"

export const data = sharedData("")
export const openFolder = (name: string) => folderFiles(resolve(data, name))

export const extract = (files: Files) =>
  lerobot.extract!({
    repo_id: "some/set",
    revision: "0".repeat(40),
    files,
    card: { licence: "mit", tags: [] },
    progress() {},
    signal: new AbortController().signal,
  })

/** `name width×height fps codec pixel_format episodes` */
export const cameraLines = ({ cameras }: DatasetMetadata) =>
  cameras.map(
    (each) =>
      `${each.name} ${each.width}×${each.height} ${each.fps} ${each.codec} ${each.pixel_format} ${each.episodes}`,
  )
/** `name dtype shape names` */
export const signalLines = (signals: DatasetMetadata["sensors"]) =>
  signals.map(
    ({ name, dtype, shape, names }) => `${name} ${dtype} [${shape.join()}] ${names ? names.length : "unnamed"}`,
  )
