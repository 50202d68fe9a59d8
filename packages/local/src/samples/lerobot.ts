import { createHash } from "node:crypto"
import {
  encodeLeRobot,
  planLeRobot,
  type EpisodeSpec,
  type LeRobotSpec,
  type Tables,
} from "@robokit/core/format/lerobot/builder"
import { cardOf, GITATTRIBUTES } from "./card.ts"
import type { Layer } from "./layer.ts"
import { sampleMedia, toCameraSpec, type SampleCamera } from "./media.ts"
import type { CommitRecipe, Recipe } from "./recipe.ts"
import { ROBOTS, signalsOf, type RobotName } from "./robots.ts"

export interface Sample extends Pick<Recipe, "id" | "downloads" | "likes" | "created_at"> {
  /** A sentence of what is in it. */
  about: string
  robot: RobotName
  version: LeRobotSpec["version"]
  fps: number
  episodes: EpisodeSpec[]
  cameras: SampleCamera[]
  more?: Parameters<typeof signalsOf>[1]
  licence?: string
  tags?: string[]
  /** Laid over the spec made from all this. */
  spec?: Partial<LeRobotSpec>
  /** Changes the tables before they are written. */
  edit?: (tables: Tables) => void
  /** Changes or drops (null) an encoded file: how a broken repository gets broken. */
  damage?: (path: string, bytes: Uint8Array) => readonly [path: string, bytes: Uint8Array] | null
  /** Further layers over it. */
  beside?: Layer[]
  /** Small files beside it. */
  files?: Record<string, string | Uint8Array>
  access?: Pick<Recipe, "gated" | "private" | "disabled" | "renamed_from">
}

/** The dataset itself as a layer, built when first asked for. */
export function lerobotLayer(key: string, sample: Sample): Layer {
  const spec = specOf(sample)
  const recipe = JSON.stringify([spec, sample.cameras, String(sample.edit), String(sample.damage)])
  return {
    key: `${key}-${createHash("sha1").update(recipe).digest("hex").slice(0, 8)}`,
    async *build() {
      const media = sampleMedia(sample.cameras, sample.fps)
      const tables = planLeRobot(spec, media)
      sample.edit?.(tables)
      for await (const [path, bytes] of encodeLeRobot(tables, media)) {
        const kept = sample.damage ? sample.damage(path, bytes) : ([path, bytes] as const)
        if (kept) yield kept
      }
    },
  }
}

const specOf = ({ version, fps, robot, episodes, cameras, more, spec, id }: Sample): LeRobotSpec => ({
  version,
  fps,
  robot_type: ROBOTS[robot].robot_type,
  episodes,
  cameras: cameras.map(toCameraSpec),
  signals: signalsOf(robot, more),
  seed: [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7),
  ...spec,
})

/** A repository as `push_to_hub` leaves it: created, uploaded, its card written, its version tagged. */
export function lerobotRepo(sample: Sample): Recipe {
  const { id, access, beside = [], files = {} } = sample
  const layers = [lerobotLayer(keyOf(id), sample), ...beside]
  const commits: CommitRecipe[] = [
    { title: "initial commit", date: sample.created_at, files: { ".gitattributes": GITATTRIBUTES } },
    {
      title: "Upload folder using huggingface_hub",
      date: later(sample.created_at, 0.2),
      layers,
      files: { ".gitattributes": GITATTRIBUTES, ...files },
    },
    {
      title: "Update README.md",
      date: later(sample.created_at, 26),
      layers,
      files: { ".gitattributes": GITATTRIBUTES, "README.md": readmeOf(sample), ...files },
    },
  ]
  return { ...headOf(sample), ...access, commits, git_tags: { [`v${sample.version}`]: -1 } }
}

export const headOf = (sample: Sample) => ({
  id: sample.id,
  description: `RoboKit sample data. ${sample.about}`,
  tags: tagsOf(sample),
  downloads: sample.downloads,
  likes: sample.likes,
  created_at: sample.created_at,
})

export const readmeOf = (sample: Sample, note = "") =>
  cardOf({
    title: sample.id.slice(sample.id.indexOf("/") + 1),
    licence: sample.licence ?? "apache-2.0",
    tags: cardTags(sample),
    text: `${sample.about} LeRobot v${sample.version}, ${ROBOTS[sample.robot].robot_type}.${note && `\n\n${note}`}`,
    data_files: "data/*/*.parquet",
  })

const cardTags = ({ robot, tags = [] }: Sample) => ["LeRobot", robot, "robokit-sample", ...tags]

function tagsOf(sample: Sample): string[] {
  const frames = sample.episodes.reduce((sum, { length }) => sum + length, 0)
  return [
    "task_categories:robotics",
    `license:${sample.licence ?? "apache-2.0"}`,
    `size_categories:${sizeCategory(frames)}`,
    "format:parquet",
    "modality:tabular",
    "modality:timeseries",
    ...(sample.cameras.length ? ["modality:video"] : []),
    ...cardTags(sample),
    "region:us",
  ]
}

const sizeCategory = (rows: number) => (rows < 1e3 ? "n<1K" : rows < 1e4 ? "1K<n<10K" : "10K<n<100K")

export const keyOf = (id: string, part = "") => id.replace("/", "__") + (part && `-${part}`)

/** RFC 3339, `hours` after `date`. */
export const later = (date: string, hours: number) =>
  new Date(Date.parse(date) + hours * 3_600_000).toISOString().replace(".000Z", "Z")

/** `count` takes of `[shortest, longest]` frames; the tasks take turns. */
export function takes(count: number, [shortest, longest]: [number, number], tasks: string[]): EpisodeSpec[] {
  return Array.from({ length: count }, (_, at) => ({
    // The golden ratio spreads lengths evenly without repeating.
    length: shortest + Math.floor((longest - shortest + 1) * ((at * 0.618_033_988_749_895) % 1)),
    tasks: [tasks[at % tasks.length]!],
  }))
}
