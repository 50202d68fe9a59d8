import type { Injections } from "./injection.ts"
import { fileInjections } from "./injections/files.ts"
import { frameInjections } from "./injections/frames.ts"
import { infoInjections } from "./injections/info.ts"

/** Every way to damage a dataset. A rule that no injection makes fire does not ship: a test compares with the registry. */
export const injections: Injections = [...fileInjections, ...infoInjections, ...frameInjections]
