import type { SampleRepo } from "../hub/repo.ts"
import { dieMat } from "./catalogue-die-mat.ts"
import { toRepo } from "./recipe.ts"

const RECIPES = [dieMat]

/** Every bundled repository. Instant: a commit's files are built when first asked for, into `<data_dir>/hub-cache`. */
export const sampleRepos = (data_dir: string): SampleRepo[] => RECIPES.map((recipe) => toRepo(recipe, data_dir))
