/** `npm run checks`: writes what is derived from the registry of rules. A test compares. */
import { writeFileSync } from "node:fs"
import { derived } from "./checks/derived.ts"

for (const [path, text] of Object.entries(await derived())) {
  writeFileSync(new URL(`../${path}`, import.meta.url), text)
  console.log(path)
}
