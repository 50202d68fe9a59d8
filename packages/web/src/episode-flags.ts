import type { EpisodeFlag } from "@robokit/core/episode/schema"

/** What is odd about an episode, in the words of the portal: short for the list, whole for its own page. */
export const FLAGS: Record<EpisodeFlag, { short: string; whole: string }> = {
  no_length: { short: "no length", whole: "Its table does not state how many frames it has." },
  no_tasks: { short: "no task", whole: "It has no task." },
  no_data_file: { short: "no data file", whole: "Its table does not state which file its rows are in." },
  no_video: { short: "no video", whole: "A camera's video, or its part of it, is not stated." },
  rows_differ: { short: "rows differ", whole: "The rows stated are not as many as its length." },
  video_differs: { short: "video differs", whole: "The part of a video stated is not as long as the episode." },
}
