import { existsSync, mkdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { type Browser, chromium as playwright } from "playwright-core"

const CACHE = fileURLToPath(new URL("../../../node_modules/.cache/chromium-153", import.meta.url))
export const SCREENSHOTS = fileURLToPath(new URL("../../../screenshots/", import.meta.url))

// Never the package's own list of arguments: `--single-process` dies with its first page, and
// `--disable-web-security` hides what the portal's own policy forbids.
const ARGS = ["--no-sandbox", "--disable-dev-shm-usage", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]

/** Headless Chromium from npm, or `CHROME_PATH`. Unpacked once, into a folder of its own version. */
export async function launchBrowser(): Promise<Browser> {
  return playwright.launch({
    executablePath: process.env.CHROME_PATH ?? (await unpacked()),
    args: ARGS,
    headless: true,
  })
}

async function unpacked(): Promise<string> {
  mkdirSync(CACHE, { recursive: true })
  mkdirSync(SCREENSHOTS, { recursive: true })
  // It takes any `chromium` in TMPDIR for its own, and unpacks the libraries it needs only on Lambda.
  const { TMPDIR } = process.env
  process.env.TMPDIR = CACHE
  process.env.AWS_LAMBDA_JS_RUNTIME = "nodejs24.x"
  try {
    const { default: chromium } = await import("@sparticuz/chromium")
    const path = await chromium.executablePath()
    if (!existsSync(path)) throw new Error(`Chromium did not unpack to ${path}`)
    return path
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  }
}
