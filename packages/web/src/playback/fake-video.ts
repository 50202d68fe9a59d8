import { vi } from "vitest"

/** Frames of 1/30 s, as a file on the Hub has them. */
const FPS = 30

/** As much of a `<video>` as a camera needs, under a clock that a test turns. */
export class FakeVideo extends EventTarget {
  currentTimes: number[] = []
  /** Every picture there was to see, by its frame in the file. */
  pictures: number[] = []
  paused = true
  seeking = false
  readyState = 4
  error: { code: number } | null = null
  dataset: Record<string, string> = {}
  /** How much faster or slower it runs than it should. */
  skew = 1
  seekMs = 20
  /** How much later than n / fps its pictures are, in seconds. */
  drift = 0
  classes = new Set<string>()
  classList = {
    remove: (name: string) => void this.classes.delete(name),
    toggle: (name: string, isOn: boolean) => void (isOn ? this.classes.add(name) : this.classes.delete(name)),
  }
  playbackRate = 1
  #time = 0
  #sought = 0
  #callbacks: VideoFrameRequestCallback[] = []

  get currentTime() {
    return this.#time
  }
  set currentTime(value: number) {
    this.currentTimes.push(value)
    this.seeking = true
    this.#time = value
    this.#sought = performance.now() + this.seekMs
  }

  play = vi.fn(async () => {
    this.paused = false
  })

  pause() {
    this.paused = true
  }

  requestVideoFrameCallback(callback: VideoFrameRequestCallback) {
    return this.#callbacks.push(callback)
  }
  cancelVideoFrameCallback() {
    this.#callbacks = []
  }

  fail(code: number) {
    this.error = { code }
    this.dispatchEvent(new Event("error"))
  }

  /** `ms` later. */
  pass(ms: number) {
    if (this.seeking && performance.now() >= this.#sought) {
      this.seeking = false
      this.#present()
      this.dispatchEvent(new Event("seeked"))
    } else if (!this.paused && !this.seeking && this.readyState >= 3) {
      const before = Math.floor(this.#time * FPS)
      this.#time += (ms / 1000) * this.playbackRate * this.skew
      if (Math.floor(this.#time * FPS) !== before) this.#present()
    }
  }

  #present() {
    const frame = Math.floor((this.#time - this.drift) * FPS + 1e-6)
    this.pictures.push(frame)
    const callbacks = this.#callbacks
    this.#callbacks = []
    for (const each of callbacks)
      each(performance.now(), { mediaTime: frame / FPS + this.drift } as VideoFrameCallbackMetadata)
  }
}
