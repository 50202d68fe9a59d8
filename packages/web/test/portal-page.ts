import { rmSync } from "node:fs"
import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { Browser, BrowserContext, Page, Route } from "playwright-core"
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest"
import { type Product, startProduct, until } from "../../local/test/product.ts"
import { violations } from "./accessibility.ts"
import { launchBrowser } from "./browser.ts"

export const SAMPLE = "observabot/so101_die_mat4"
const IMPORTED_S = 60

// Of the test that runs: importers see what `usePortal` puts here.
export let product: Product
export let context: BrowserContext
export let page: Page
/** Whatever the browser complained about, the security policy's refusals among it. */
export let complaints: string[]

interface Options {
  env?: Record<string, string>
  /** One page for all tests of the file, each going on where the one before stopped; otherwise each has a new one. */
  keepsPage?: boolean
}

/** The whole product as a user starts it, and a real browser at its portal. */
export function usePortal({ env = {}, keepsPage = false }: Options = {}) {
  let browser: Browser | undefined
  beforeAll(async () => {
    ;[product, browser] = await Promise.all([startProduct({ env }), launchBrowser()])
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    if (product) rmSync(product.data_dir, { recursive: true, force: true })
  })
  const [before, after] = keepsPage ? [beforeAll, afterAll] : [beforeEach, afterEach]
  before(async () => {
    context = await browser!.newContext({ locale: "en-US", baseURL: product.portal, reducedMotion: "reduce" })
    page = await context.newPage()
    // Before the test itself runs out of time, so that it is told what did not come.
    page.setDefaultTimeout(15_000)
    complaints = []
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()))
    page.on("pageerror", (error) => complaints.push(String(error)))
  })
  after(() => context?.close())
}

/** Reads below `/api/v1/datasets`. */
export const get = async (path: string) => (await fetch(`${product.api}/api/v1/datasets${path}`)).json()

export const post = async (path: string, body: unknown) => {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
  return (await fetch(`${product.api}/api/v1/datasets${path}`, init)).json()
}

/** Has it imported and all that an import queues done, whatever ran before. */
export async function imported(repo_id: string, revision = "main"): Promise<DatasetInfo> {
  const { id, existing_id } = await post("/", { source: { type: "huggingface", repo_id, revision } })
  return until<DatasetInfo>(
    () => get(`/${existing_id ?? id}`),
    ({ status }) => status === "completed",
    IMPORTED_S,
  )
}

export const eventually = <T>(ask: () => T, options = {}) => expect.poll(ask, options)

/** Answers a request in the API's place. */
export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  (route: Route) =>
    route.fulfill({ status, headers, contentType: "application/json", body: JSON.stringify(body) })

export const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true })

export const isFocused = (element: ReturnType<typeof button>) =>
  element.evaluate((each) => each === document.activeElement)

/** What `open` shows has no serious barrier and is no wider than the screen, light and dark. */
export async function expectToFit(
  open: () => Promise<unknown>,
  [width, height]: readonly [number, number] = [360, 740],
) {
  await page.setViewportSize({ width, height })
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme })
    await open()
    expect(await violations(page), `${width} ${colorScheme}`).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
  }
}

/** Goes to an address and waits until nothing says that it is loading. Videos load for as long as they like. */
export async function settle(path: string) {
  await page.goto(path)
  await page.getByRole("heading", { level: 1 }).waitFor()
  await eventually(() => page.locator(".loading").count()).toBe(0)
}
