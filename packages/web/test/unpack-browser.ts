import { unpackBrowser } from "./browser.ts"

/** Before any test: two that started a browser at once would each run what the other is still writing. */
export default async function setup() {
  const before = { ...process.env }
  await unpackBrowser()
  process.env = before
}
