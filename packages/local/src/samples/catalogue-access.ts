import { lerobotRepo, takes, type Sample } from "./lerobot.ts"
import type { Recipe } from "./recipe.ts"

const small = (id: string, about: string, access: Sample["access"], more: Partial<Sample> = {}): Sample => ({
  id,
  about,
  robot: "so101",
  version: "3.0",
  fps: 30,
  episodes: takes(8, [50, 80], ["Pick the cube"]),
  cameras: [{ name: "observation.images.front", clip: "front-160x120-av1" }],
  downloads: 25,
  likes: 1,
  created_at: "2026-03-01T12:00:00Z",
  ...(access ? { access } : {}),
  ...more,
})

/** Repositories that are not simply open. */
export const guarded: Recipe[] = [
  small(
    "clinic-robotics/so101_pill_sorting",
    "Gated: access is given to whoever accepts the terms.",
    { gated: "auto" },
    {
      licence: "cc-by-nc-4.0",
      downloads: 410,
      likes: 8,
    },
  ),
  small(
    "clinic-robotics/franka_ward_round",
    "Gated: the owner decides about each request.",
    { gated: "manual" },
    {
      robot: "franka",
      licence: "other",
      downloads: 77,
    },
  ),
  small("observabot/so101_unreleased", "Private: only its owner's token sees it.", { private: true }, { downloads: 0 }),
  small("retired-arms/koch_recalled", "Disabled by the Hub.", { disabled: true }, { robot: "koch" }),
  small(
    "tabletop-robotics/so101_place_ring",
    "Renamed: it was called so101_ring_old under another owner.",
    { renamed_from: ["ring-toss/so101_ring_old", "tabletop-robotics/so101_ring"] },
    { downloads: 156, likes: 4 },
  ),
].map(lerobotRepo)
