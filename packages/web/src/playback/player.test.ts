import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { FakeVideo } from "./fake-video.ts"
import { Player } from "./player.ts"

const STEP_MS = 4
const FPS = 30
/** Its part of the file: frames 300 to 389. */
const WINDOW = { from_s: 10, to_s: 13 }
const [FIRST, LENGTH] = [300, 90]

let player: Player
let videos: FakeVideo[]
/** What the browser does before it paints. */
let draw: () => void

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance", "setTimeout"] })
  let waiting: FrameRequestCallback[] = []
  vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => waiting.push(callback))
  vi.stubGlobal("cancelAnimationFrame", () => (waiting = []))
  draw = () => {
    const now = waiting
    waiting = []
    for (const each of now) each(performance.now())
  }
  player = new Player({ fps: FPS, length: LENGTH, t: 0 })
  videos = []
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function attach(name: string, window = WINDOW) {
  const video = new FakeVideo()
  videos.push(video)
  const detach = player.attach(name, video as unknown as HTMLVideoElement, window)
  return { video, detach }
}

/** Lets time pass; the page draws every 16 ms. */
function pass(ms: number, drawing = true) {
  for (let at = 0; at < ms; at += STEP_MS) {
    vi.advanceTimersByTime(STEP_MS)
    for (const video of videos) video.pass(STEP_MS)
    if (drawing && Math.floor(performance.now() / 16) !== Math.floor((performance.now() - STEP_MS) / 16)) draw()
  }
}
const until = (isSo: () => boolean) => {
  for (let at = 0; at < 1000 && !isSo(); at++) pass(16)
  expect(isSo()).toBe(true)
}

test("every camera is sent to the same frame of its own part of its own file", () => {
  const one = attach("one").video
  const two = attach("two", { from_s: 0, to_s: 3 }).video
  pass(100)
  player.seek(45)
  pass(100)
  expect([one.pictures.at(-1), two.pictures.at(-1)]).toEqual([FIRST + 45, 45])
  expect([player.camera("one")?.shown, player.camera("two")?.shown]).toEqual([45, 45])
})

test("dragged over the timeline, it shows the last frame asked for and not each on the way", () => {
  const { video } = attach("one")
  pass(100)
  const before = video.currentTimes.length
  for (let frame = 1; frame <= 60; frame++) player.seek(frame)
  pass(200)
  expect(video.currentTimes.length - before).toBe(2)
  expect(video.pictures.at(-1)).toBe(FIRST + 60)
})

test("it plays in real time to the last frame, stops there, and shows no frame of another episode", () => {
  const one = attach("one").video
  const two = attach("two").video
  pass(100)
  player.play()
  const began = performance.now()
  until(() => !player.isPlaying)
  expect(performance.now() - began).toBeGreaterThan(2850)
  expect(performance.now() - began).toBeLessThan(3300)
  pass(200)
  for (const { pictures } of [one, two]) {
    expect(Math.min(...pictures)).toBe(FIRST)
    expect(Math.max(...pictures)).toBe(FIRST + LENGTH - 1)
    expect(pictures.at(-1)).toBe(FIRST + LENGTH - 1)
    expect(new Set(pictures).size).toBeGreaterThan(LENGTH * 0.8)
  }
})

test("a page that is busy near the end still shows no frame of another episode", () => {
  const { video } = attach("one")
  pass(100)
  player.seek(78)
  pass(100)
  player.play()
  pass(100)
  for (let at = 0; at < 10; at++) {
    pass(200, false)
    pass(32)
  }
  expect(Math.max(...video.pictures)).toBeLessThan(FIRST + LENGTH)
  expect(player.frame).toBe(LENGTH - 1)
})

test("should one be seen all the same, it is hidden", () => {
  const { video } = attach("one")
  expect(video.classes).not.toContain("is-own")
  pass(100)
  expect(video.classes).toContain("is-own")
  player.play()
  pass(500)
  pass(3500, false)
  expect(video.classes).not.toContain("is-own")
  pass(400)
  expect(player.frame).toBe(LENGTH - 1)
  expect(video.classes).toContain("is-own")
})

test("one that runs slower or faster is kept within a frame of the others", () => {
  const clock = attach("clock").video
  const slow = attach("slow").video
  const fast = attach("fast").video
  ;[slow.skew, fast.skew] = [0.97, 1.03]
  pass(100)
  player.play()
  pass(300)
  for (let at = 0; at < 100; at++) {
    pass(16)
    for (const video of [slow, fast]) {
      expect(Math.abs(video.currentTime - clock.currentTime)).toBeLessThan(1 / FPS)
    }
  }
  expect(slow.playbackRate).toBeGreaterThan(1)
})

test("while one waits for the network all wait, at the same frame, and go on together", () => {
  const one = attach("one").video
  const two = attach("two").video
  pass(100)
  player.play()
  pass(500)
  two.readyState = 2
  pass(48)
  expect([one.paused, two.paused, player.isWaiting]).toEqual([true, true, false])
  pass(400)
  expect(player.isWaiting).toBe(true)
  const { frame } = player
  pass(2000)
  expect([player.frame, one.paused, two.paused]).toEqual([frame, true, true])
  expect([one.pictures.at(-1), two.pictures.at(-1)]).toEqual([FIRST + frame, FIRST + frame])
  two.readyState = 4
  pass(500)
  expect(player.isWaiting).toBe(false)
  expect(player.frame).toBeGreaterThan(frame + 10)
  expect(Math.abs(one.currentTime - two.currentTime)).toBeLessThan(1 / FPS)
})

test("it begins only when all cameras have pictures", () => {
  attach("one")
  const { video } = attach("late")
  video.readyState = 0
  player.play()
  pass(1000)
  expect([player.frame, player.isWaiting]).toEqual([0, true])
  video.readyState = 4
  pass(500)
  expect(player.frame).toBeGreaterThan(5)
})

test("one that fails is left behind, and the others play on", () => {
  const broken = attach("broken").video
  const { video } = attach("good")
  pass(100)
  player.play()
  pass(300)
  broken.fail(4)
  pass(500)
  expect(player.camera("broken")?.failure).toBe("not_supported")
  expect(player.frame).toBeGreaterThan(15)
  expect(video.paused).toBe(false)
})

test.each([0.4, -0.3])("a file whose times are off by %f frames is sent to the right picture all the same", (drift) => {
  const { video } = attach("one")
  video.drift = drift / FPS
  pass(100)
  for (const frame of [12, 40, 41, 0, 89]) {
    player.seek(frame)
    pass(200)
    expect(video.pictures.at(-1)).toBe(FIRST + frame)
  }
})

test("with no camera at all, or none that works, the page's own clock plays", () => {
  player.play()
  pass(1000)
  expect(player.frame).toBeGreaterThan(26)
  expect(player.frame).toBeLessThan(33)
})

test("half the speed takes twice the time, for the pictures too", () => {
  const { video } = attach("one")
  pass(100)
  player.setRate(0.5)
  player.play()
  pass(1100)
  expect(video.playbackRate).toBe(0.5)
  expect(player.frame).toBeGreaterThan(12)
  expect(player.frame).toBeLessThan(18)
})

test("a camera whose part of the file is too short keeps its last own picture", () => {
  attach("whole")
  const { video } = attach("short", { from_s: 10, to_s: 12 })
  pass(100)
  player.play()
  until(() => !player.isPlaying)
  pass(200)
  expect(player.frame).toBe(LENGTH - 1)
  expect(Math.max(...video.pictures)).toBe(FIRST + 59)
})

test("a pause leaves all cameras at one and the same frame; a step moves them by one", () => {
  const one = attach("one").video
  const two = attach("two").video
  pass(100)
  player.play()
  pass(700)
  player.pause()
  pass(100)
  const { frame } = player
  expect([one.pictures.at(-1), two.pictures.at(-1)]).toEqual([FIRST + frame, FIRST + frame])
  player.step(1)
  pass(100)
  expect([one.pictures.at(-1), two.pictures.at(-1)]).toEqual([FIRST + frame + 1, FIRST + frame + 1])
})

test("a browser that lets nothing play by itself is shown frame by frame", async () => {
  const { video } = attach("one")
  video.play.mockRejectedValue(new DOMException("not now", "NotAllowedError"))
  pass(100)
  player.play()
  pass(64)
  await Promise.resolve()
  pass(600)
  expect(player.frame).toBeGreaterThan(10)
  expect(video.pictures.length).toBeGreaterThan(5)
  player.seek(40)
  pass(300)
  expect(player.frame).toBeGreaterThan(45)
  expect(video.play).toHaveBeenCalledOnce()
})

test("from the end it begins anew, and what was let go is not touched again", () => {
  const { video, detach } = attach("one")
  player.seek(LENGTH)
  pass(100)
  player.play()
  expect(player.frame).toBe(0)
  pass(100)
  player.seek(20)
  player.seek(30)
  const sent = video.currentTimes.length
  detach()
  player.seek(50)
  pass(100)
  expect([video.currentTimes.length, video.paused]).toEqual([sent, true])
})
