import type { Editable } from "../editable.ts"
import type { Injected, Strength } from "../injection.ts"

const INFO = "meta/info.json"

export type Feature = Record<string, unknown>

/** Changes the declaration of one feature that `choose` accepts. */
function declare(
  dataset: Editable,
  choose: (feature: Feature, name: string) => boolean,
  edit: (feature: Feature) => void,
): Injected | undefined {
  let feature: string | undefined
  dataset.json(INFO, (info) => {
    const all = info["features"] as Record<string, Feature>
    feature = Object.keys(all).find((name) => choose(all[name]!, name))
    if (feature !== undefined) edit(all[feature]!)
  })
  return feature === undefined ? undefined : { path: INFO, feature }
}

export const onDeclaration =
  (
    choose: (feature: Feature, name: string) => boolean,
    edit: (feature: Feature, strength: Strength) => void,
    also: readonly string[] = [],
  ) =>
  (dataset: Editable, strength: Strength) => {
    const injected = declare(dataset, choose, (feature) => edit(feature, strength))
    return injected && { ...injected, also }
  }

/** The first declared feature that is a video. */
export function videoIn(dataset: Editable): string | undefined {
  const all = dataset.info["features"] as Record<string, Feature>
  return Object.keys(all).find((name) => isVideo(all[name]!))
}

export const isVector = (feature: Feature) =>
  feature["dtype"] === "float32" &&
  JSON.stringify(feature["shape"]) !== "[1]" &&
  (feature["shape"] as unknown[]).length === 1
export const isVideo = (feature: Feature) => feature["dtype"] === "video"
export const isPicture = (feature: Feature) => isVideo(feature) || feature["dtype"] === "image"

/** What honestly fires with a feature whose declaration and column are not of each other. */
export const COLUMNS = [
  "FEAT-COL-TYPE",
  "FEAT-COL-LIST",
  "FEAT-SCHEMA-DRIFT",
  "FEAT-PHANTOM",
  "VAL-VEC-LEN",
  "ST-SHAPE",
  "ST-FEATURES",
  "ST-MATCH-DATA",
  "FEAT-NAMES-LEN",
]
