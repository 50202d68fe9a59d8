import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { Episode } from "@robokit/core/episode/schema"
import { beforeAll, expect, test } from "vitest"
import { violations } from "./accessibility.ts"
import { counted, finding, lay, validationOf } from "./laid-validation.ts"
import {
  button,
  complaints,
  eventually,
  expectToFit,
  get,
  imported,
  isFocused,
  page,
  SAMPLE,
  settle,
  usePortal,
} from "./portal-page.ts"

const FPS = 30
/** Neither the first nor the last of its files. */
const N = 200

usePortal()

let dataset: DatasetInfo
let episode: Episode
beforeAll(async () => {
  dataset = await imported(SAMPLE)
  episode = await get(`/${dataset.id}/episodes/${N}`)
}, 90_000)

const addressOf = ({ source }: DatasetInfo, rest: string) => `/${source.repo_id}@${source.revision}/episodes${rest}`
const open = (rest: string) => page.goto(addressOf(dataset, rest))
/** The frame each camera shows, as the browser says; of the episode, not of the file. */
const shown = () => page.locator("video").evaluateAll((all) => all.map((each) => Number(each.dataset.frame)))
const clock = () => page.locator(".transport-clock [role=status]").innerText()
const moment = () => Number(new URL(page.url()).searchParams.get("t"))

/** Every picture that comes onto the screen from now on, in seconds inside its file. */
const watch = () =>
  page.locator("video").evaluateAll((videos) => {
    const seen: number[] = []
    Object.assign(globalThis, { seen })
    for (const video of videos as HTMLVideoElement[]) {
      const note: VideoFrameRequestCallback = (_now, { mediaTime }) => {
        seen.push(mediaTime)
        video.requestVideoFrameCallback(note)
      }
      video.requestVideoFrameCallback(note)
    }
  })
const seen = () => page.evaluate(() => (globalThis as unknown as { seen: number[] }).seen)

test("an address leads to its very frame, on all cameras and the charts", async () => {
  await open(`/${N}?t=2`)
  await eventually(shown).toEqual([60, 60, 60])
  expect(await clock()).toBe("Frame 60, 2.00 seconds")
  await page.getByRole("heading", { name: "observation.state" }).waitFor()
  const { series } = await get(`/${dataset.id}/episodes/${N}/frames?points=1000&columns=observation.state`)
  const first = page.getByRole("list", { name: "Lines of observation.state" }).getByRole("button").first()
  expect(await first.locator(".chart-value").innerText()).toBe(String(Number(series[0].max[60].toPrecision(4))))

  await page.goto(addressOf(dataset, `/${N}?frame=101`))
  await eventually(shown).toEqual([101, 101, 101])
  expect(complaints).toEqual([])
})

test("an arrow is a frame, with shift a second; Home and End its ends; the address follows", async () => {
  await open(`/${N}`)
  await eventually(shown).toEqual([0, 0, 0])
  for (const [key, frame] of [
    ["ArrowRight", 1],
    ["ArrowRight", 2],
    ["Shift+ArrowRight", 32],
    ["ArrowLeft", 31],
    ["End", 217],
    ["ArrowRight", 217],
    ["Shift+ArrowLeft", 187],
  ] as const) {
    await page.keyboard.press(key)
    await eventually(shown, { message: key }).toEqual([frame, frame, frame])
  }
  await eventually(moment).toBe(6.233)
  await page.reload()
  await eventually(shown).toEqual([187, 187, 187])
})

test("played, the cameras stay in step; at rest they show the same frame", async () => {
  await open(`/${N}?t=1`)
  await eventually(shown).toEqual([30, 30, 30])
  await page.keyboard.press("Space")
  const apart: number[] = []
  await expect
    .poll(
      async () => {
        const frames = await shown()
        apart.push(Math.max(...frames) - Math.min(...frames))
        return Math.min(...frames)
      },
      { timeout: 20_000, interval: 30 },
    )
    .toBeGreaterThan(90)
  // Pictures come onto the screen one after the other, so that between two of them a camera is one ahead.
  expect(apart.toSorted((a, b) => a - b)[Math.floor(apart.length / 2)]).toBeLessThanOrEqual(1)
  await page.keyboard.press("Space")
  await eventually(async () => new Set(await shown()).size).toBe(1)
  const [frame] = await shown()
  await eventually(moment).toBeCloseTo(frame! / FPS, 3)
})

test("played to its end it stops there, and shows no picture of the episodes beside it in the file", async () => {
  await open(`/${N}?t=5`)
  await eventually(shown).toEqual([150, 150, 150])
  await watch()
  await button("Play").click()
  await button("Play").waitFor({ timeout: 20_000 })
  await eventually(shown).toEqual([217, 217, 217])
  const [video] = episode.videos
  const pictures = (await seen()).map((mediaTime) => Math.round((mediaTime - video!.from_s!) * FPS))
  expect(pictures.length).toBeGreaterThan(30)
  expect(pictures.filter((frame) => frame < 150 || frame > 217)).toEqual([])
})

test("] goes on to the next episode of the list it was opened from, [ back", async () => {
  const prefetched = page.waitForRequest(new RegExp(`/episodes/${N + 1}/frames`))
  await open(`/${N}?t=2`)
  await prefetched
  await page.getByRole("link", { name: "Next episode: 201" }).waitFor()
  await page.keyboard.press("]")
  await page.getByRole("heading", { level: 1, name: "Episode 201" }).waitFor()
  await eventually(shown).toEqual([0, 0, 0])
  expect(new URL(page.url()).search).toBe("")

  const [longest, second] = await get(`/${dataset.id}/episodes?sort=-length&limit=2`)
  await open(`/${longest.episode_index}?sort=-length`)
  await page.getByRole("link", { name: `Next episode: ${second.episode_index}` }).waitFor()
  await page.keyboard.press("]")
  await page.getByRole("heading", { level: 1, name: `Episode ${second.episode_index}` }).waitFor()
  await page.getByRole("link", { name: `Previous episode: ${longest.episode_index}` }).waitFor()
  await page.keyboard.press("[")
  await page.getByRole("heading", { level: 1, name: `Episode ${longest.episode_index}` }).waitFor()
  expect(new URL(page.url()).searchParams.get("sort")).toBe("-length")
})

test("findings are marks on the timeline, and go to their frame", async () => {
  const findings = [
    finding({ message: "It jumps.", where: { episode: N, frame: 60 }, places: [{ episode: N, frame: 131 }] }),
    finding({ severity: "info", message: "Somewhere else.", where: { episode: 3, frame: 1 } }),
  ]
  await lay(await validationOf(dataset), counted(findings))
  await open(`/${N}`)
  const marks = page.locator(".timeline-mark")
  await eventually(() => marks.count()).toBe(2)
  expect(await marks.first().getAttribute("aria-label")).toBe("0:02.00, frame 60: error, It jumps.")
  await marks.nth(1).focus()
  await page.keyboard.press("Enter")
  await eventually(shown).toEqual([131, 131, 131])
  expect(await page.locator(".found li").count()).toBe(1)
  const all = await page.getByRole("link", { name: "On the validation page" }).getAttribute("href")
  expect(all).toMatch(new RegExp(`/validation\\?job=\\d+&episode=${N}$`))
  await page.goto(addressOf(dataset, ""))
  await page.getByRole("row", { name: /^3 .*1 finding/ }).waitFor()
})

test("of an episode there is none of that is said, with the way to those there are", async () => {
  await open("/999")
  await page.getByRole("heading", { level: 1, name: "Episode 999" }).waitFor()
  await page.getByRole("alert").getByText("There is no such episode").waitFor()
  expect(await button("Try again").count()).toBe(0)
  await page.getByRole("link", { name: "All episodes" }).click()
  await page.getByRole("grid", { name: "Episodes" }).waitFor()
})

test("a click into a chart goes there, a drag looks closer in all of them, and one button takes it back", async () => {
  await open(`/${N}`)
  const over = page.locator(".chart .u-over")
  await eventually(() => over.count()).toBe(4)
  await over.first().scrollIntoViewIfNeeded()
  const box = (await over.first().boundingBox())!
  await page.mouse.click(box.x + box.width / 2, box.y + 40)
  await eventually(async () => (await shown())[0]).toBe(Math.round(217 / 2))

  const value = page.getByRole("list", { name: "Lines of observation.velocity" }).locator(".chart-value").first()
  const here = await value.innerText()
  await page.mouse.move(box.x + 60, box.y + 40)
  await eventually(() => value.innerText()).not.toBe(here)
  await page.mouse.move(box.x - 40, box.y + 40)
  await eventually(() => value.innerText()).toBe(here)

  const whole = button("Whole episode")
  expect(await whole.isDisabled()).toBe(true)
  await page.mouse.move(box.x + 100, box.y + 40)
  await page.mouse.down()
  await page.mouse.move(box.x + 400, box.y + 40, { steps: 5 })
  await page.mouse.up()
  await eventually(() => whole.isEnabled()).toBe(true)
  expect((await shown())[0]).toBe(Math.round(217 / 2))
  await whole.click()
  await eventually(() => whole.isDisabled()).toBe(true)
})

test("a line can be taken away by the keyboard, and another theme is drawn in other colours", async () => {
  await open(`/${N}`)
  const line = page.getByRole("list", { name: "Lines of action" }).getByRole("button").first()
  const pixels = () =>
    page
      .locator(".chart canvas")
      .first()
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
  await line.focus()
  const before = await pixels()
  await page.keyboard.press("Enter")
  expect(await line.getAttribute("aria-pressed")).toBe("false")
  await eventually(pixels).not.toBe(before)
  await page.keyboard.press("Enter")
  await eventually(pixels).toBe(before)
  await page.emulateMedia({ colorScheme: "dark" })
  await eventually(pixels).not.toBe(before)
})

test("a camera this browser cannot play says which and why, and the others play on", async () => {
  const depth = await imported("shelf-robotics/franka_depth_bin")
  await page.goto(addressOf(depth, "/3?t=1"))
  await page.getByText("This browser does not play H.265 (HEVC).").waitFor()
  expect(await page.getByRole("link", { name: "Download the file" }).getAttribute("href")).toMatch(/side_depth.*\.mp4$/)
  await eventually(async () => (await shown())[0]).toBe(15)
  await page.keyboard.press("Space")
  await eventually(async () => (await shown())[0], { timeout: 10_000 }).toBeGreaterThan(25)
})

test("a camera whose file was not given can be tried again, at the moment where the others are", async () => {
  await page.route(/images\.wrist/, (route) => route.abort())
  await open(`/${N}?t=2`)
  await page.getByText("The file was not given").waitFor()
  await button("One frame on").click()
  await page.unroute(/images\.wrist/)
  await button("Try again").click()
  await eventually(shown).toEqual([61, 61, 61])
})

test("an episode whose pictures are in the tables says so, and its numbers play", async () => {
  await page.goto(addressOf(await imported("robokit-samples/reachy_sort_fruit_images"), "/3"))
  await page.getByText("The pictures of 2 cameras").waitFor()
  await page.keyboard.press("Space")
  await page.keyboard.press("Space")
  await page.keyboard.press("End")
  await eventually(clock).toBe("Frame 46, 3.07 seconds")
  expect(complaints).toEqual([])
})

test("it fits a small phone and a screen, and has no serious barrier, light and dark", async () => {
  await lay(await validationOf(dataset), counted([finding({ message: "It jumps.", where: { episode: N, frame: 60 } })]))
  for (const size of [
    [360, 740],
    [1280, 900],
  ] as const) {
    await expectToFit(async () => {
      await settle(addressOf(dataset, `/${N}?t=2`))
      await page.locator(".chart").first().waitFor()
    }, size)
  }
  expect(complaints).toEqual([])
}, 120_000)

test("the help lists the keys, and gives the focus back", async () => {
  await open(`/${N}`)
  await button("Play").focus()
  await page.keyboard.press("?")
  const dialog = page.getByRole("dialog", { name: "Keyboard" })
  await dialog.waitFor()
  expect(await violations(page)).toEqual([])
  await page.keyboard.press("Escape")
  await dialog.waitFor({ state: "hidden" })
  expect(await isFocused(button("Play"))).toBe(true)
})
