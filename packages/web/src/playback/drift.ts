/** A quarter of a frame: closer than this is the same picture, and a player left alone runs smoothest. */
const CLOSE = 0.25
/** In this time a drift is made up for. */
const CORRECTED_IN_S = 0.5
/** Of the speed. More can be seen. */
const MOST = 0.25

/**
 * The speed at which a player that is `drift` seconds ahead (behind: negative) comes back in step, as a factor; null
 * when it is so far off that only a new start helps.
 */
export function correction(drift: number, fps: number): number | null {
  if (Math.abs(drift) <= CLOSE / fps) return 1
  const change = -drift / CORRECTED_IN_S
  return Math.abs(change) > MOST ? null : 1 + change
}
