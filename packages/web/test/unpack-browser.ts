import { unpackBrowser } from "./browser.ts"

/** Before any test: two that started a browser at once would each run what the other is still writing. */
export default async function setup() {
  const before = { ...process.env }
  await unpackBrowser()
  // What it set is for those who start a browser.
  for (const name of Object.keys(process.env)) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
}
