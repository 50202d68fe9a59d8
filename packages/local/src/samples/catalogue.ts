import type { SampleRepo } from "../hub/repo.ts"
import { guarded } from "./catalogue-access.ts"
import { damaged } from "./catalogue-broken.ts"
import { dieMat } from "./catalogue-die-mat.ts"
import { healthy } from "./catalogue-lerobot.ts"
import { plain } from "./catalogue-other.ts"
import { toRepo } from "./recipe.ts"

const RECIPES = [dieMat, ...healthy, ...plain, ...damaged, ...guarded]

/** Every bundled repository. Instant: a commit's files are built when first asked for, into `<data_dir>/hub-cache`. */
export const sampleRepos = (data_dir: string): SampleRepo[] => RECIPES.map((recipe) => toRepo(recipe, data_dir))
