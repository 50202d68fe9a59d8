import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { derived } from "./checks/derived.ts"

test("what is written down about the rules is what their registries say; if not: npm run checks", async () => {
  for (const [path, text] of Object.entries(await derived())) {
    expect(readFileSync(new URL(`../${path}`, import.meta.url), "utf8"), path).toBe(text)
  }
})
