import { cardRules } from "./card.ts"
import { episodeFileRules } from "./episode-files.ts"
import { episodeLengthRules } from "./episode-lengths.ts"
import { episodeShapeRules } from "./episode-shape.ts"
import { episodeTaskRules } from "./episode-tasks.ts"
import { episodeRules } from "./episodes.ts"
import { featureCameraRules } from "./feature-cameras.ts"
import { featureColumnRules } from "./feature-columns.ts"
import { featureRules } from "./features.ts"
import { fileRules } from "./files.ts"
import { indexRules } from "./indices.ts"
import { infoNameRules } from "./info-names.ts"
import { infoTotalRules } from "./info-totals.ts"
import { infoRules } from "./info.ts"
import { listingRules } from "./listing.ts"
import { pathRules } from "./paths.ts"
import { pictureRules } from "./pictures.ts"
import { repositoryRules } from "./repository.ts"
import type { Rules } from "./rule.ts"
import { statsDataRules } from "./stats-data.ts"
import { pictureStatsRules } from "./stats-pictures.ts"
import { statsRules } from "./stats.ts"
import { tableRules } from "./tables.ts"
import { tagRules } from "./tags.ts"
import { taskRules } from "./tasks.ts"
import { timingRules } from "./timing.ts"
import { constantRules, wholeValueRules } from "./values-whole.ts"
import { lagRules } from "./values-lag.ts"
import { valueRules } from "./values.ts"
import { videoFileRules } from "./video-files.ts"
import { videoFrameRules } from "./video-frames.ts"
import { videoTimingRules } from "./video-timing.ts"
import { videoWindowRules } from "./video-windows.ts"

/** Every rule there is for LeRobot. The key is the code on the wire; a new rule is one entry in one family's file. */
export const lerobotRules = {
  // Of equal severity, the first said first: of data that never changes nothing else matters.
  ...constantRules,
  ...repositoryRules,
  ...tagRules,
  ...listingRules,
  ...fileRules,
  ...cardRules,
  ...infoRules,
  ...infoTotalRules,
  ...infoNameRules,
  ...featureRules,
  ...featureCameraRules,
  ...featureColumnRules,
  ...pathRules,
  ...episodeRules,
  ...episodeLengthRules,
  ...episodeFileRules,
  ...indexRules,
  ...taskRules,
  ...episodeTaskRules,
  ...tableRules,
  ...timingRules,
  ...valueRules,
  ...lagRules,
  ...wholeValueRules,
  ...statsRules,
  ...pictureStatsRules,
  ...statsDataRules,
  ...episodeShapeRules,
  ...videoFileRules,
  ...videoTimingRules,
  ...videoWindowRules,
  ...videoFrameRules,
  ...pictureRules,
} as const satisfies Rules
