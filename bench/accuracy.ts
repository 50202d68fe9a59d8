/** `npm run accuracy [-- CODE …]`: how often each rule is right. Writes `docs/accuracy.md` unless rules are named. */
import { writeFileSync } from "node:fs"
import { injections } from "./accuracy/injections.ts"
import { measure } from "./accuracy/measure.ts"
import { page } from "./accuracy/page.ts"
import { subjects } from "./accuracy/subjects.ts"

const wanted = process.argv.slice(2)
const chosen = wanted.length ? injections.filter(({ rule }) => wanted.includes(rule)) : injections
const started = performance.now()
const measured = await measure({
  subjects: subjects(),
  injections: chosen,
  progress: (done, of) =>
    process.stderr.write(`${done} of ${of} datasets, ${Math.round((performance.now() - started) / 1000)} s\n`),
})
const text = page(measured, new Date().toISOString().slice(0, 10))
if (wanted.length) {
  console.log(text)
  for (const { rule, what, subject, strength, others } of measured.trials) {
    if (others.length) console.log(`${rule}: ${what}, ${subject}, strength ${strength}: also ${others.join(", ")}`)
  }
} else writeFileSync(new URL("../docs/accuracy.md", import.meta.url), text)
const missed = measured.trials.filter(({ found, placed }) => !found || placed === false).length
console.log(`${measured.trials.length} defects, ${missed} missed or misplaced, ${measured.untried.length} untried`)
process.exitCode = missed ? 1 : 0
