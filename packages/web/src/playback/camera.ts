import { frameDuring, frameOfPicture, framesIn, mediaTimeOf, type Window } from "./window.ts"

/** `HTMLMediaElement`'s own numbers, which are not there outside of a browser. */
const [HAVE_CURRENT_DATA, HAVE_FUTURE_DATA] = [2, 3]
/**
 * So long before its window's end a video is no longer played but shown frame by frame: it plays on by itself while
 * this page is busy, and would show the next episode.
 */
const TAIL_S = 0.25
/** A single frame that takes longer than this is waited for. */
const SLOW_MS = 300
/** How much further a camera is sent that showed the frame beside the one it should, in frames; and how often. */
const NUDGE = 0.3
const TRIES = 2

export type Failure = "not_supported" | "decode" | "network"
const FAILURES: Record<number, Failure> = { 2: "network", 3: "decode", 4: "not_supported" }

/** One video element, kept inside the part of its file that the episode has. */
export class Camera {
  readonly video: HTMLVideoElement
  readonly window: Window
  /** The last of the episode's frames that the window has; -1: none. */
  readonly last: number
  failure: Failure | null = null
  /** The frame on the screen, as the browser tells; null while it did not. */
  shown: number | null = null

  readonly #fps: number
  readonly #changed: () => void
  readonly #listening = new AbortController()
  #wanted = 0
  /** The frame it was last sent to; null when it has left it since. */
  #sent: number | null = null
  #sentAt = 0
  /** Of the file's times against the frames, in frames, as far as it showed. */
  #shift = 0
  #tries = 0
  #isRolling = false
  /** Refused by the browser, which then leaves only frame by frame. */
  #mayRoll = true
  #callback = 0
  /** Firefox does since its version 132. */
  readonly #tellsPictures: boolean

  constructor(video: HTMLVideoElement, window: Window, fps: number, length: number, changed: () => void) {
    this.video = video
    this.window = window
    this.last = framesIn(window, length, fps) - 1
    video.classList.remove("is-own")
    this.#fps = fps
    this.#tellsPictures = typeof video.requestVideoFrameCallback === "function"
    this.#changed = changed
    const { signal } = this.#listening
    video.addEventListener("error", () => this.#fail(), { signal })
    for (const event of ["loadeddata", "canplay", "waiting", "stalled"]) {
      video.addEventListener(event, changed, { signal })
    }
    video.addEventListener("loadedmetadata", () => this.#arrive(), { signal })
    video.addEventListener("seeked", () => this.#arrive(), { signal })
    if (video.error) this.#fail()
    this.#watch()
  }

  /** Plays by itself, as against frame by frame. */
  get isRolling() {
    return this.#isRolling
  }

  /** Seconds since the episode's beginning. */
  get time() {
    return this.video.currentTime - this.window.from_s
  }

  /** The frame on the screen while it rolls. */
  get frame() {
    return this.shown ?? frameDuring(this.video.currentTime, this.window, this.#fps)
  }

  /** Shows what it was asked for, and has what comes next. */
  get isReady() {
    const { seeking, readyState, error } = this.video
    if (this.failure || error || this.last < 0) return true
    return !seeking && readyState >= (this.#wanted >= this.last ? HAVE_CURRENT_DATA : HAVE_FUTURE_DATA)
  }

  /** Everybody has to wait for it. */
  isStarved(now: number) {
    if (this.failure || this.last < 0) return false
    if (this.#isRolling) return this.video.seeking || this.video.readyState < HAVE_FUTURE_DATA
    return this.video.seeking && now - this.#sentAt > SLOW_MS
  }

  /** Whether it may roll at a frame, at a speed. */
  mayRollAt(frame: number, rate: number) {
    return this.#mayRoll && !this.failure && frame <= this.last - Math.ceil(TAIL_S * rate * this.#fps)
  }

  roll(rate: number) {
    this.#isRolling = true
    this.#sent = null
    this.video.playbackRate = rate
    this.video.play().catch((error: unknown) => {
      // Paused before it began: by us.
      if (error instanceof DOMException && error.name === "AbortError") return
      this.#mayRoll = false
      this.#isRolling = false
      this.#changed()
    })
  }

  /** Stands still at a frame; beyond its window, at the window's last. Asked often, it goes to the last one asked for. */
  show(frame: number) {
    if (this.#isRolling) {
      this.#isRolling = false
      this.video.pause()
    }
    const wanted = Math.max(0, Math.min(frame, this.last))
    if (wanted !== this.#wanted) this.#tries = 0
    this.#wanted = wanted
    this.#send()
  }

  release() {
    this.#listening.abort()
    if (this.#callback) this.video.cancelVideoFrameCallback(this.#callback)
    this.video.pause()
  }

  #send() {
    const { video } = this
    if (this.failure || this.last < 0 || this.#isRolling) return
    if (video.seeking || this.#sent === this.#wanted) return
    this.#sent = this.#wanted
    this.#sentAt = performance.now()
    video.currentTime = mediaTimeOf(this.#wanted, this.window, this.#fps, this.#shift)
  }

  #arrive() {
    // On the way it may have been asked for another one.
    this.#send()
    if (!this.#tellsPictures && !this.video.seeking) this.video.classList.add("is-own")
    this.#changed()
  }

  #fail() {
    this.failure = FAILURES[this.video.error?.code ?? 0] ?? "network"
    this.#isRolling = false
    this.#changed()
  }

  /** Only a picture of this episode is let be seen: a file begins with another one's, and goes on with another one's. */
  #watch() {
    if (!this.#tellsPictures) return
    this.#callback = this.video.requestVideoFrameCallback((_now, { mediaTime }) => {
      this.shown = frameOfPicture(mediaTime, this.window, this.#fps)
      this.video.dataset.frame = String(this.shown)
      this.video.classList.toggle("is-own", this.shown >= 0 && this.shown <= this.last)
      this.#nudge(this.shown)
      this.#changed()
      this.#watch()
    })
  }

  /** The file's times may have drifted, and browsers differ in what they show between two pictures. */
  #nudge(shown: number) {
    const off = this.#wanted - shown
    if (this.#isRolling || this.video.seeking || this.#sent !== this.#wanted || Math.abs(off) !== 1) return
    if (this.#tries >= TRIES) return
    this.#tries++
    this.#shift += off * NUDGE
    this.#sent = null
    this.#send()
  }
}
