import { declaredCamera, isCamera } from "../declared-camera.ts"
import type { Info } from "../info.ts"
import { Notes, shown } from "../notes.ts"
import { isNumeric } from "./motion-features.ts"
import type { Rules } from "./rule.ts"
import { numberAt, placed, sizeAt } from "./stats-places.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
const RECOMPUTE = "Recompute the statistics of the pictures."
/** A byte of a picture is 1/255. */
const ROUNDING = 1e-3

/** Statistics of pictures, and of how many samples there are. */
export const pictureStatsRules = {
  "ST-COUNT": {
    on: "stats",
    title: "Statistics count the frames of the episode",
    severity: "warning",
    kind: "risk",
    cost: "meta",
    versions: ["v2.1", "v3.0"],
    needs: ["info", "episodes"],
    why: "The dataset's mean weighs episodes by it.",
    reference: null,
    fix: "Recompute the statistics: lerobot-edit-dataset --operation.type recompute_stats.",
    check(table, report, { info, episodes }) {
      if (table.isGlobal) return
      for (const feature of info.parsed.features) {
        const isPicture = isCamera(feature)
        const count = table.features.get(feature.key)?.get("count")
        if (!count || (!isPicture && !isNumeric(feature))) continue
        for (let entry = 0; entry < table.entries; entry++) {
          const [found, row] = [numberAt(count, entry, 0), table.rows[entry]!]
          const length = row < 0 ? NaN : episodes.length[row]!
          if (Number.isNaN(found) || !(length > 0)) continue
          // A matrix is counted by its rows, a picture by its pixels, where all of them were looked at.
          const isRight = isPicture
            ? isOfFrames(found, length)
            : found === length || isRows(found, length, feature.shape)
          if (isRight) continue
          report({
            message: `Statistics of ${shown(feature.key)} in ${shown(table.path)} count ${found}; the episode has ${length} frames.`,
            where: { ...placed(table, entry), feature: feature.key },
            evidence: { count: found, length },
            size: Math.abs(found - length),
          })
        }
      }
    },
  },
  "ST-IMG-RANGE": {
    on: "stats",
    title: "Statistics of pictures are between 0 and 1",
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: "Loaders give pictures from 0 to 1: normalised by statistics from 0 to 255 they are black.",
    reference: `${LEROBOT}/2867`,
    fix: "Divide minimum, maximum, mean and deviation by 255.",
    check(table, report, { info }) {
      for (const feature of info.parsed.features) {
        const columns = table.features.get(feature.key)
        if (!columns || !isCamera(feature) || depthCameras(info.parsed).has(feature.key)) continue
        for (let entry = 0; entry < table.entries; entry++) {
          const wrong = ["min", "max", "mean", "std"].flatMap((name) => {
            const column = columns.get(name)
            const values = column
              ? Array.from({ length: sizeAt(column, entry) }, (_, at) => numberAt(column, entry, at))
              : []
            const value = values.find((each) => each > 1 + ROUNDING || each < -ROUNDING)
            return value === undefined ? [] : [{ name, value }]
          })[0]
          if (!wrong) continue
          report({
            message: `${wrong.name} of ${shown(feature.key)} in ${shown(table.path)} is ${wrong.value}.`,
            where: { ...placed(table, entry), feature: feature.key },
            evidence: { statistic: wrong.name, found: wrong.value },
            size: Math.abs(wrong.value),
          })
        }
      }
    },
  },
  "ST-IMG-STD0": {
    on: "stats",
    title: "Pictures that are not of one colour have a standard deviation",
    // Every recorder of lerobot 0.4 and 0.5 writes it, and normalises by ImageNet's numbers.
    severity: "info",
    kind: "risk",
    cost: "meta",
    versions: ["v3.0"],
    why: "LeRobot 0.4.0 to 0.5.x squared bytes in a byte; normalising by the result divides by zero.",
    reference: `${LEROBOT}/3682`,
    fix: `${RECOMPUTE} With ImageNet's statistics, which is LeRobot's default, it does not matter.`,
    check(table, report, { info }) {
      for (const feature of info.parsed.features) {
        const columns = isCamera(feature) ? table.features.get(feature.key) : undefined
        const [min, max, std] = ["min", "max", "std"].map((name) => columns?.get(name))
        if (!min || !max || !std) continue
        for (let entry = 0; entry < table.entries; entry++) {
          for (let channel = 0; channel < sizeAt(std, entry); channel++) {
            if (numberAt(std, entry, channel) !== 0) continue
            const [low, high] = [numberAt(min, entry, channel), numberAt(max, entry, channel)]
            if (!(high > low)) continue
            report({
              message: `The standard deviation of ${shown(feature.key)} in ${shown(table.path)} is 0, and its values go from ${low} to ${high}.`,
              where: { ...placed(table, entry), feature: feature.key },
              evidence: { channel, min: low, max: high },
            })
            break
          }
        }
      }
    },
  },
} as const satisfies Rules

/** Frames lerobot looks at of `length`. */
const sampled = (length: number) =>
  length < 100 ? length : Math.max(100, Math.min(Math.floor(length ** 0.75), 10_000))

const isOfFrames = (count: number, length: number) => count % length === 0 || count % sampled(length) === 0

const isRows = (count: number, length: number, shape: readonly (number | null)[]) =>
  count === shape.slice(0, -1).reduce<number>((rows, axis) => rows * (axis ?? NaN), length)

const depths = new WeakMap<Info, ReadonlySet<string>>()

/** Cameras whose pixels are distances in a unit of their own. */
function depthCameras(info: Info): ReadonlySet<string> {
  const known = depths.get(info)
  if (known) return known
  const cameras = info.features.filter(isCamera).map((feature) => declaredCamera(feature, info, new Notes()))
  const found = new Set(cameras.filter(({ isDepth }) => isDepth).map(({ key }) => key))
  depths.set(info, found)
  return found
}
