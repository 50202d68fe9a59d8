import type { Injections } from "./injection.ts"
import { cardInjections } from "./injections/card.ts"
import { episodeInjections } from "./injections/episodes.ts"
import { featureCameraInjections } from "./injections/feature-cameras.ts"
import { featureColumnInjections } from "./injections/feature-columns.ts"
import { featureInjections } from "./injections/features.ts"
import { frameInjections } from "./injections/frames.ts"
import { infoInjections } from "./injections/info.ts"
import { listingInjections } from "./injections/listing.ts"
import { pathInjections } from "./injections/paths.ts"
import { pictureInjections } from "./injections/pictures.ts"
import { repositoryInjections } from "./injections/repository.ts"
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
  ...episodeInjections,
  ...taskInjections,
  ...tableInjections,
  ...frameInjections,
  ...videoInjections,
  ...videoWindowInjections,
  ...pictureInjections,
  ...timingInjections,
  ...valueInjections,
  ...statsInjections,
]
