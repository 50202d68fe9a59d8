import { Camera } from "./camera.ts"
import { correction } from "./drift.ts"
import { frameAt, timeOf, type Window } from "./window.ts"

/** A page that was away for longer goes on where it was. */
const LONGEST_TICK_MS = 100
/** All cameras meet again faster than this, most times, and nobody needs to be told. */
const PATIENCE_MS = 300

export const RATES = [0.25, 0.5, 1, 2, 4]

/**
 * All cameras of one episode in step. While videos roll, the first of them is the clock and the others are kept to it;
 * where none does, the clock is the page's. Whoever has to wait for the network is waited for.
 */
export class Player {
  readonly fps: number
  readonly length: number
  readonly #cameras = new Map<string, Camera>()
  readonly #listeners = new Set<() => void>()
  #frame: number
  #time: number
  #rate = 1
  #isPlaying = false
  #isWaiting = false
  #waitingSince = 0
  #isLate = false
  #lastTick = 0
  #request = 0
  /** Counts up with everything that happens, for who must know that something did. */
  #version = 0

  /** @param length frames, 1 or more. @param t seconds, where it begins. */
  constructor({ fps, length, t }: { fps: number; length: number; t: number }) {
    this.fps = fps
    this.length = length
    this.#frame = frameAt(t, fps, length)
    this.#time = timeOf(this.#frame, fps)
  }

  get frame() {
    return this.#frame
  }
  get t() {
    return timeOf(this.#frame, this.fps)
  }
  get last() {
    return this.length - 1
  }
  get rate() {
    return this.#rate
  }
  get isPlaying() {
    return this.#isPlaying
  }
  /** It should be playing, and a camera has had no pictures for a while. */
  get isWaiting() {
    return this.#isPlaying && this.#isLate
  }
  get version() {
    return this.#version
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  camera(name: string): Camera | undefined {
    return this.#cameras.get(name)
  }

  /** Takes a video over; returns how to let it go. */
  attach(name: string, video: HTMLVideoElement, window: Window): () => void {
    const camera = new Camera(video, window, this.fps, this.length, this.#tell)
    this.#cameras.set(name, camera)
    camera.show(this.#frame)
    if (this.#isPlaying) this.#hold()
    else this.#tell()
    return () => {
      camera.release()
      this.#cameras.delete(name)
      this.#tell()
    }
  }

  play() {
    if (this.#isPlaying) return
    if (this.#frame >= this.last) this.#goTo(0)
    this.#isPlaying = true
    this.#hold()
    this.#lastTick = performance.now()
    this.#request = requestAnimationFrame(this.#tick)
  }

  pause() {
    if (!this.#isPlaying) return
    this.#isPlaying = false
    this.#isLate = false
    cancelAnimationFrame(this.#request)
    this.#showAll()
  }

  toggle() {
    if (this.#isPlaying) this.pause()
    else this.play()
  }

  /** Goes to a frame, and on playing from there if it was. */
  seek(frame: number) {
    this.#goTo(frame)
    if (this.#isPlaying) this.#hold()
    else this.#showAll()
  }

  step(frames: number) {
    this.pause()
    this.seek(this.#frame + frames)
  }

  setRate(rate: number) {
    this.#rate = rate
    if (this.#isPlaying) this.#hold()
    else this.#tell()
  }

  readonly #tell = () => {
    this.#version++
    for (const listener of this.#listeners) listener()
  }

  #goTo(frame: number) {
    this.#frame = Math.min(Math.max(Math.round(frame), 0), Math.max(0, this.last))
    this.#time = timeOf(this.#frame, this.fps)
  }

  #showAll() {
    for (const camera of this.#cameras.values()) camera.show(this.#frame)
    this.#tell()
  }

  /** Everybody stops at the same frame, until all of them have it. */
  #hold() {
    this.#isWaiting = true
    this.#waitingSince = performance.now()
    this.#time = this.t
    this.#showAll()
  }

  readonly #tick = (now: number) => {
    if (!this.#isPlaying) return
    this.#advance(now)
    this.#lastTick = now
    if (this.#isPlaying) this.#request = requestAnimationFrame(this.#tick)
  }

  #advance(now: number) {
    const cameras = [...this.#cameras.values()]
    if (this.#isWaiting) {
      if (!cameras.every((camera) => camera.isReady)) return this.#beLate(now)
      this.#isWaiting = false
      this.#isLate = false
      for (const camera of cameras) if (camera.mayRollAt(this.#frame, this.#rate)) camera.roll(this.#rate)
      return this.#tell()
    }
    if (cameras.some((camera) => camera.isStarved(now))) return this.#hold()

    const clock = cameras.find((camera) => camera.isRolling)
    const passed = Math.min(now - this.#lastTick, LONGEST_TICK_MS) / 1000
    this.#time = clock ? clock.time : this.#time + passed * this.#rate
    // A clock that begins anew after a hold may stand a little before where it was.
    const frame = Math.max(this.#frame, clock ? clock.frame : Math.floor(this.#time * this.fps + 1e-3))
    const isAhead = frame !== this.#frame
    this.#frame = Math.min(frame, this.last)
    for (const camera of cameras) {
      if (!this.#keepUp(camera, clock)) return this.#hold()
    }
    if (this.#frame >= this.last) this.pause()
    else if (isAhead) this.#tell()
  }

  #beLate(now: number) {
    if (this.#isLate || now - this.#waitingSince < PATIENCE_MS) return
    this.#isLate = true
    this.#tell()
  }

  /** False when it is so far from the others that all must meet again. */
  #keepUp(camera: Camera, clock: Camera | undefined): boolean {
    if (!camera.isRolling || !camera.mayRollAt(this.#frame, this.#rate)) {
      camera.show(this.#frame)
      return true
    }
    if (camera === clock || !clock) return true
    const factor = correction((camera.time - clock.time) / this.#rate, this.fps)
    if (factor === null) return false
    camera.video.playbackRate = this.#rate * factor
    return true
  }
}
