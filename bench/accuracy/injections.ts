import type { Injections } from "./injection.ts"
import { cardInjections } from "./injections/card.ts"
import { episodeFileInjections } from "./injections/episode-files.ts"
import { episodeLengthInjections } from "./injections/episode-lengths.ts"
import { episodeShapeInjections } from "./injections/episode-shape.ts"
import { episodeInjections } from "./injections/episodes.ts"
import { featureCameraInjections } from "./injections/feature-cameras.ts"
import { featureColumnInjections } from "./injections/feature-columns.ts"
import { featureInjections } from "./injections/features.ts"
import { fileInjections } from "./injections/files.ts"
import { indexInjections } from "./injections/indices.ts"
import { infoInjections } from "./injections/info.ts"
import { listingInjections } from "./injections/listing.ts"
import { pathInjections } from "./injections/paths.ts"
import { pictureInjections } from "./injections/pictures.ts"
import { repositoryInjections } from "./injections/repository.ts"
import { statsDataInjections } from "./injections/stats-data.ts"
import { pictureStatsInjections } from "./injections/stats-pictures.ts"
import { statsInjections } from "./injections/stats.ts"
import { tableInjections } from "./injections/tables.ts"
import { tagInjections } from "./injections/tags.ts"
import { taskInjections } from "./injections/tasks.ts"
import { videoInjections } from "./injections/videos.ts"
import { videoWindowInjections } from "./injections/video-windows.ts"
import { timingInjections } from "./injections/timing.ts"
import { valueInjections } from "./injections/values.ts"

/** Every way to damage a dataset. A rule that no injection makes fire does not ship: a test compares with the registry. */
export const injections: Injections = [
  ...repositoryInjections,
  ...tagInjections,
  ...listingInjections,
  ...cardInjections,
  ...infoInjections,
  ...featureInjections,
  ...featureCameraInjections,
  ...featureColumnInjections,
  ...pathInjections,
  ...fileInjections,
  ...episodeInjections,
  ...episodeLengthInjections,
  ...episodeFileInjections,
  ...episodeShapeInjections,
  ...taskInjections,
  ...tableInjections,
  ...indexInjections,
  ...videoInjections,
  ...videoWindowInjections,
  ...pictureInjections,
  ...timingInjections,
  ...valueInjections,
  ...statsInjections,
  ...pictureStatsInjections,
  ...statsDataInjections,
]
