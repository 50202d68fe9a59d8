import { isCamera } from "../declared-camera.ts"
import { shown } from "../notes.ts"
import { isRecord } from "../text.ts"
import type { Rules } from "./rule.ts"

const INFO = "meta/info.json"
const LEROBOT = "https://github.com/huggingface/lerobot/issues"
const DTYPES = new Set([
  "float16",
  "float32",
  "float64",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "bool",
  "string",
  "image",
  "video",
  "language",
])
const DEFAULTS = {
  timestamp: "float32",
  frame_index: "int64",
  episode_index: "int64",
  index: "int64",
  task_index: "int64",
}
/** More values than one axis of anything has. */
const MAX_AXIS = 2 ** 31

/** What info.json says of each feature. */
export const featureRules = {
  "FEAT-DTYPE": {
    on: "dataset",
    title: "Each feature has a dtype that readers know",
    severity: "error",
    kind: "defect",
    cost: "info",
    versions: "all",
    why: "The loader has no type for it and stops.",
    reference: null,
    check({ info }, report) {
      for (const { key, raw } of info.parsed.features) {
        if (DTYPES.has(raw["dtype"] as string)) continue
        report({
          message: `Feature ${shown(key)} has the dtype ${shown(raw["dtype"])}.`,
          where: { path: INFO, feature: key },
        })
      }
    },
  },
  "FEAT-SHAPE": {
    on: "dataset",
    title: "Each feature has a shape of positive whole numbers",
    severity: "error",
    kind: "defect",
    cost: "info",
    versions: "all",
    why: "Tensors are made by it; an empty or ragged one stops loading.",
    reference: `${LEROBOT}/3720`,
    check({ info }, report) {
      for (const { key, raw, dtype } of info.parsed.features) {
        const { shape } = raw
        if (dtype === "language") continue
        const isFine =
          Array.isArray(shape) &&
          shape.length > 0 &&
          shape.every((size) => Number.isInteger(size) && size > 0 && size <= MAX_AXIS)
        if (!isFine)
          report({
            message: `Feature ${shown(key)} has the shape ${shown(shape)}.`,
            where: { path: INFO, feature: key },
          })
      }
    },
  },
  "FEAT-NAMES-MISSING": {
    on: "dataset",
    title: "Each feature has the key names, if only null",
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: "Tools index it without asking.",
    reference: "https://github.com/NVIDIA/Isaac-GR00T/issues/291",
    check({ info }, report) {
      for (const { key, raw, dtype } of info.parsed.features) {
        if ("names" in raw || dtype === "language") continue
        report({ message: `Feature ${shown(key)} has no names.`, where: { path: INFO, feature: key } })
      }
    },
  },
  "FEAT-NAMES-LEN": {
    on: "dataset",
    title: "A vector has a name for each value",
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: "Joints are shown and merged under the wrong names.",
    reference: null,
    check({ info }, report) {
      for (const { key, shape, labels, dtype } of info.parsed.features) {
        const [size] = shape
        // One name for all is what many converters write, and nobody takes it for the name of the first.
        if (isCamera({ dtype }) || shape.length !== 1 || labels.length <= 1 || labels.length === size) continue
        report({
          message: `Feature ${shown(key)} has ${labels.length} names for ${size} values.`,
          where: { path: INFO, feature: key },
          evidence: { names: labels.length, values: size ?? null },
        })
      }
    },
  },
  "FEAT-NAMES-DUP": {
    on: "dataset",
    title: "No two values of a vector have one name",
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: "Two arms without prefixes: left and right cannot be told apart.",
    reference: null,
    check({ info }, report) {
      for (const { key, names, raw } of info.parsed.features) {
        // A map names parts, each of which has an x of its own.
        const parts = isRecord(raw["names"]) ? Object.values(raw["names"]) : [names]
        const twice = names && parts.flatMap((part) => doubleIn(Array.isArray(part) ? part : []) ?? [])[0]
        if (twice !== null && twice !== undefined)
          report({
            message: `Feature ${shown(key)} has the name ${shown(twice)} twice.`,
            where: { path: INFO, feature: key },
          })
      }
    },
  },
  "FEAT-DEFAULTS": {
    on: "dataset",
    title: "The five default features are declared as LeRobot does",
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: "They can be derived, but readers take them for given.",
    reference: null,
    check({ info }, report) {
      if (info.parsed.features.length === 0) return
      for (const [name, dtype] of Object.entries(DEFAULTS)) {
        const feature = info.parsed.features.find(({ key }) => key === name)
        if (!feature) report({ message: `Feature ${name} is not declared.`, where: { path: INFO, feature: name } })
        else if (feature.dtype !== dtype || JSON.stringify(feature.raw["shape"]) !== "[1]") {
          report({
            message: `Feature ${name} is declared as ${shown(feature.dtype)} of shape ${shown(feature.raw["shape"])}, not as ${dtype} of shape [1].`,
            where: { path: INFO, feature: name },
          })
        }
      }
    },
  },
  "FEAT-NO-ACTION": {
    on: "dataset",
    title: "There is an action",
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: "Nothing can be imitated without one.",
    reference: `${LEROBOT}/3039`,
    check({ info }, report) {
      const { features } = info.parsed
      if (features.length === 0 || features.some(({ key }) => /^(?:actions?|.*[._]actions?)(?:\b|$|[._])/i.test(key)))
        return
      report({ message: "No feature is an action.", where: { path: INFO }, evidence: { features: features.length } })
    },
  },
  "FEAT-NO-OBS": {
    on: "dataset",
    title: "There is an observation",
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: "A policy needs something to look at.",
    reference: null,
    check({ info }, report) {
      const { features } = info.parsed
      const isObservation = ({ key, dtype }: { key: string; dtype: string | null }) =>
        isCamera({ dtype }) || /^(?:observation|obs|state|image)/i.test(key)
      if (features.length === 0 || features.some(isObservation)) return
      report({
        message: "No feature is an observation.",
        where: { path: INFO },
        evidence: { features: features.length },
      })
    },
  },
  "FEAT-CALIB-ERA": {
    on: "dataset",
    title: "Joint names are of one era",
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: "main_shoulder_pan was in degrees, shoulder_pan.pos is from −100 to 100: merged, they teach nonsense.",
    reference: `${LEROBOT}/1207`,
    check({ info }, report) {
      const named = info.parsed.features.flatMap(({ key, names }) => (names ?? []).map((name) => ({ key, name })))
      const old = named.find(({ name }) => /^(?:left_|right_)?main_/.test(name))
      const now = named.find(({ name }) => name.endsWith(".pos"))
      if (!old || !now) return
      report({
        message: `${shown(old.name)} of ${shown(old.key)} and ${shown(now.name)} of ${shown(now.key)} are of different calibrations.`,
        where: { path: INFO, feature: old.key },
      })
    },
  },
} as const satisfies Rules

function doubleIn(names: readonly unknown[]): unknown {
  const seen = new Set<unknown>()
  return names.find((name) => seen.size === seen.add(name).size)
}
