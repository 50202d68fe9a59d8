import type { VersionName } from "@robokit/core/format/lerobot/check/subjects"
import type { Editable } from "./editable.ts"

/** What must be found, and where. */
export interface Injected {
  /** The finding must name this episode (`where.episode` or among `where.episodes` / `places`). */
  episode?: number
  /** The finding must name this file, if given. */
  path?: string
  feature?: string
  /** Other codes that honestly fire with it, because one damage breaks several rules. */
  also?: readonly string[]
}

export const STRENGTHS = [0, 1, 2] as const
export type Strength = (typeof STRENGTHS)[number]

/**
 * One way to damage a dataset so that one rule must fire. Where there is a magnitude, strength 0 is just beyond the rule's
 * threshold and 2 is gross; where there is none, the strengths are three places.
 */
export interface Injection {
  /** Code of the rule that must fire. */
  rule: string
  /** What is done, in a few words: the page lists it. */
  what: string
  versions: readonly VersionName[]
  /** Damages the dataset, or returns undefined when it has no such place (no camera, one episode, …). */
  apply(dataset: Editable, strength: Strength): Promise<Injected | undefined> | Injected | undefined
}

export type Injections = readonly Injection[]
