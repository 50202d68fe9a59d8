import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Browser, chromium } from "playwright-core"

const ROOT = fileURLToPath(new URL("../../..", import.meta.url))

/** A real Chromium out of node_modules. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await unpackBrowser(),
    // Not the package's own: its `--single-process` ends the browser with its first page.
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
  })
}

/**
 * Unpacked once into a folder of its own: another version may have left one in /tmp. Not safe to do twice at once: `unpack-browser.ts`
 * does it before any test.
 *
 * @returns path of the executable; what it needs is in the environment of this process.
 */
export async function unpackBrowser(): Promise<string> {
  const folder = join(ROOT, "node_modules/.cache/chromium-153")
  mkdirSync(folder, { recursive: true })
  process.env.TMPDIR = folder
  // The font it brings is looked for in /tmp by its own list of folders; without any, no text has a size.
  process.env.FONTCONFIG_FILE = join(folder, "fonts.conf")
  writeFileSync(process.env.FONTCONFIG_FILE, fontsIn(join(folder, "fonts")))
  // Makes it bring its own system libraries.
  process.env.AWS_LAMBDA_JS_RUNTIME = "nodejs24.x"
  const { default: bundled } = await import("@sparticuz/chromium")
  return process.env.CHROME_PATH ?? (await bundled.executablePath())
}

const fontsIn = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}</dir><cachedir>${folder}-cache</cachedir></fontconfig>
`
