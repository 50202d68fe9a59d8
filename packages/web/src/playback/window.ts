/** A camera's part of a video file. An episode's frames lie in it one after the other, from its first moment on. */
export interface Window {
  /** Seconds inside the file. */
  from_s: number
  to_s: number | null
}

/** A file's own times are rounded, to a microsecond at worst. */
const ROUNDING = 1e-3

const clamp = (value: number, last: number) => Math.min(Math.max(value, 0), Math.max(0, last))

/** The frame whose moment is nearest to `t`, in seconds from the episode's beginning. */
export const frameAt = (t: number, fps: number, length: number) => clamp(Math.round(t * fps), length - 1)

/** The moment of a frame, in seconds from the episode's beginning. */
export const timeOf = (frame: number, fps: number) => frame / fps

/**
 * How many of the episode's frames lie inside the window. A window that ends early has fewer: what comes behind it in
 * the file is of another episode, and is not looked at even if one frame is then missed.
 */
export const framesIn = ({ from_s, to_s }: Window, length: number, fps: number) =>
  to_s === null ? length : Math.min(length, Math.max(0, Math.round((to_s - from_s) * fps)))

/** Of a frame. From its half on Chromium 153 shows the next one, every other time; up to 0.45 it was always right. */
const AIM = 0.25

/**
 * Where in the file a player is sent to for a frame: inside it however the browser rounds, and while the file's times
 * have drifted by less than a quarter of a frame (lerobot#3177). Further on it takes a `shift`, in frames.
 */
export const mediaTimeOf = (frame: number, { from_s }: Window, fps: number, shift = 0) =>
  from_s + (frame + AIM + shift) / fps

/** Which frame a picture is, by its own time in the file. Below 0 or beyond the window: of another episode. */
export const frameOfPicture = (mediaTime: number, { from_s }: Window, fps: number) =>
  Math.round((mediaTime - from_s) * fps)

/** Which frame is shown while a player stands at `currentTime`, which lies anywhere inside it. */
export const frameDuring = (currentTime: number, { from_s }: Window, fps: number) =>
  Math.floor((currentTime - from_s) * fps + ROUNDING)
