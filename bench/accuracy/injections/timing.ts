import { Absent } from "../editable.ts"
import type { Injections } from "../injection.ts"
import { DATA, editColumn, episodeSpan } from "./edit-frames.ts"

const ALL = ["v2.0", "v2.1", "v3.0"] as const
/** Of the timestamps, too, there are statistics. */
const STATISTICS = ["ST-MATCH-DATA", "ST-PARQUET-XCHECK", "TS-FOOTER", "IDX-FRAME"]
const where = (at: { path: string; episode: number }) => ({ ...at, feature: "timestamp", also: STATISTICS })

/** One change of an episode's timestamps: `edit` is given them, the frame rate and the strength. */
const timing = (
  rule: string,
  what: string,
  edit: (times: number[], fps: number, strength: number) => number[],
): Injections[number] => ({
  rule,
  what,
  versions: ALL,
  async apply(dataset, strength) {
    const at = await episodeSpan(dataset, strength)
    if (!at || at.to - at.from < 12) return undefined
    const fps = Number(dataset.info["fps"])
    await editColumn<number>(dataset, at, "timestamp", (times) => {
      // Where the clock is off already, that is what is said.
      if (times.some((time, frame) => Math.abs(time - frame / fps) > 0.5 / fps)) throw new Absent("no clean clock")
      return edit(times, fps, strength)
    })
    return where({ path: at.path, episode: at.episode })
  },
})

export const timingInjections: Injections = [
  {
    rule: "TS-FOOTER",
    what: "timestamps run ahead of the frame rate",
    versions: ALL,
    async apply(dataset, strength) {
      const path = dataset.paths(DATA).at(-1)!
      await dataset.table(path, (table) => {
        const data = table.column("timestamp").data as number[]
        const factor = [1.05, 1.3, 4][strength]!
        table.column("timestamp").data = data.map((each) => each * factor)
      })
      return {
        path,
        feature: "timestamp",
        also: ["TS-STEP", "TS-LATTICE", "TS-GAP", "TS-RATE", "ST-MATCH-DATA", "ST-PARQUET-XCHECK"],
      }
    },
  },
  timing("TS-MONO", "a timestamp is repeated, goes back, or all are 0", (times, _, strength) =>
    times.map((time, at) => {
      if (strength === 2) return 0
      return at === 7 ? times[strength === 0 ? 6 : 4]! : time
    }),
  ),
  timing("TS-GAP", "a step is longer than the others: frames are missing", (times, fps, strength) =>
    times.map((time, at) => (at < 9 ? time : time + [0.6, 1, 10][strength]! / fps)),
  ),
  timing("TS-RATE", "timestamps are of another frame rate", (times, _, strength) =>
    times.map((time) => time * [1.12, 1.5, 0.4][strength]!),
  ),
  {
    rule: "TS-RATE",
    what: "fps in info.json is wrong",
    versions: ALL,
    apply(dataset, strength) {
      dataset.json("meta/info.json", (info) => {
        info["fps"] = Math.round(Number(info["fps"]) * [1.2, 2, 0.5][strength]!)
      })
      const also = ["FEAT-VFPS", "TS-FOOTER", "INFO-FPS", "VID-FPS", "VID-RANGE-LEN", "VID-RANGE-END", "VID-DRIFT"]
      return { feature: "timestamp", also }
    },
  },
  timing("TS-LATTICE", "timestamps drift away from the frame rate", (times, _, strength) => {
    const drift = Math.min([0.6, 1.2, 2.9][strength]! / (times.length - 1), 0.09)
    return times.map((time) => time * (1 + drift))
  }),
  timing("TS-LATTICE", "timestamps are those of a clock", (times, fps, strength) =>
    // A clock that runs 5 % slow, with jitter that never goes back.
    times.map((time, at) => time * 1.05 + ((Math.sin(at * 12.9898 + strength) + 1) * 0.2) / fps),
  ),
  timing("TS-STEP", "one timestamp is off by a little", (times, fps, strength) =>
    times.map((time, at) => (at === 5 ? time + [2e-4, 0.1 / fps, 0.4 / fps][strength]! : time)),
  ),
  timing("TS-START", "an episode begins later than 0", (times, fps, strength) =>
    times.map((time) => time + [2e-4, 0.5 / fps, 1 / fps][strength]!),
  ),
  {
    rule: "TS-F32-LIMIT",
    what: "an episode is longer than a float32 can time",
    versions: ALL,
    async apply(dataset, strength) {
      const at = await episodeSpan(dataset, strength)
      const { timestamp } = dataset.info["features"] as Record<string, { dtype?: string }>
      if (!at || timestamp?.dtype !== "float32") return undefined
      dataset.json("meta/info.json", (info) => {
        info["fps"] = (at.to - at.from) / [1030, 3000, 100_000][strength]!
      })
      const also = ["FEAT-VFPS", "TS-FOOTER", "INFO-FPS", "INFO-FPS-INT", "EP-MEGA", "VID-FPS", "VID-RANGE-LEN"]
      return { episode: at.episode, feature: "timestamp", also: [...also, "VID-RANGE-END", "VID-DRIFT"] }
    },
  },
]
