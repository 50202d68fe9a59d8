import type { FormatAdapter } from "../adapter.ts"
import { recognise } from "./recognise.ts"

/** LeRobot 2.0, 2.1 and 3.0 with their dialects; 1.x, collections and clones without LFS are recognised and refused. */
export const lerobot: FormatAdapter = {
  id: "lerobot",
  title: "LeRobot",
  recognise,
  extract: async (ctx) => (await import("./extract.ts")).extract(ctx),
  index: async () => (await import("./index-plan.ts")).lerobotIndex,
  frames: async (request, ctx) => (await import("./frames.ts")).readFrames(request, ctx),
}
