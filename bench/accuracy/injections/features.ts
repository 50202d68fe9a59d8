import type { Injections } from "../injection.ts"
import { COLUMNS, type Feature, isPicture, isVector, onDeclaration } from "./edit-features.ts"

const INFO = "meta/info.json"
const ALL = ["v2.0", "v2.1", "v3.0"] as const

const hasNames = (feature: Feature) =>
  isVector(feature) && Array.isArray(feature["names"]) && (feature["names"] as unknown[]).length > 1

export const featureInjections: Injections = [
  {
    rule: "FEAT-DTYPE",
    what: "a dtype nobody knows",
    versions: ALL,
    apply: onDeclaration(
      isVector,
      (feature, strength) => (feature["dtype"] = ["float", "object", null][strength]),
      COLUMNS,
    ),
  },
  {
    rule: "FEAT-SHAPE",
    what: "a shape that is none",
    versions: ALL,
    apply: onDeclaration(isVector, (feature, strength) => (feature["shape"] = [[6.5], [], [null]][strength]), COLUMNS),
  },
  {
    rule: "FEAT-NAMES-MISSING",
    what: "the key names is missing",
    versions: ALL,
    apply: onDeclaration(
      (_, name) => name !== "index",
      (feature) => delete feature["names"],
    ),
  },
  {
    rule: "FEAT-NAMES-LEN",
    what: "more or fewer names than values",
    versions: ALL,
    apply: onDeclaration(hasNames, (feature, strength) => {
      const names = feature["names"] as string[]
      feature["names"] = [names.slice(0, -1), [...names, "extra"], [...names, ...names.map((name) => `${name}_2`)]][
        strength
      ]
    }),
  },
  {
    rule: "FEAT-NAMES-DUP",
    what: "a name twice",
    versions: ALL,
    apply: onDeclaration(hasNames, (feature, strength) => {
      const names = [...(feature["names"] as string[])]
      names[names.length - 1] = names[strength % (names.length - 1)]!
      feature["names"] = names
    }),
  },
  {
    rule: "FEAT-DEFAULTS",
    what: "a default feature is missing or of another type",
    versions: ALL,
    apply(dataset, strength) {
      const name = ["frame_index", "timestamp", "index"][strength]!
      dataset.json(INFO, (info) => {
        const all = info["features"] as Record<string, Feature>
        if (strength === 1) all[name]!["dtype"] = "float64"
        else delete all[name]
      })
      return { path: INFO, feature: name, also: COLUMNS }
    },
  },
  {
    rule: "FEAT-NO-ACTION",
    what: "no feature is an action",
    versions: ALL,
    apply(dataset) {
      dataset.json(INFO, (info) => {
        const all = info["features"] as Record<string, Feature>
        for (const name of Object.keys(all)) if (/action/i.test(name)) delete all[name]
      })
      return { path: INFO, also: COLUMNS }
    },
  },
  {
    rule: "FEAT-NO-OBS",
    what: "no feature is an observation",
    versions: ALL,
    apply(dataset) {
      dataset.json(INFO, (info) => {
        const all = info["features"] as Record<string, Feature>
        for (const name of Object.keys(all))
          if (/observation|image|state/i.test(name) || isPicture(all[name]!)) delete all[name]
      })
      return { path: INFO, also: [...COLUMNS, "PATH-ORPHAN-FILE"] }
    },
  },
  {
    rule: "FEAT-CALIB-ERA",
    what: "joint names of two eras",
    versions: ALL,
    apply: onDeclaration(hasNames, (feature, strength) => {
      const names = [...(feature["names"] as string[])]
      names[0] = ["main_shoulder_pan", "left_main_elbow", "main_gripper"][strength]!
      names[1] = "shoulder_lift.pos"
      feature["names"] = names
    }),
  },
]
