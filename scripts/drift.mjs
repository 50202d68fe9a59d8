// The tables and the migrations say the same: generating a migration now must produce nothing. The journal's times rise,
// or the migrator would skip the later one in silence.
import { spawnSync } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"

const core = "packages/core"
const copy = mkdtempSync(join(tmpdir(), "robokit-drift-"))
try {
  cpSync(join(core, "migrations"), copy, { recursive: true })
  const before = readdirSync(copy).length
  // Both paths relative: drizzle-kit puts "./" before whatever it is given.
  const generated = spawnSync(
    "drizzle-kit",
    ["generate", "--dialect=postgresql", `--out=${relative(process.cwd(), copy)}`, `--schema=${core}/src/**/*.sql.ts`],
    { encoding: "utf8" },
  )
  const output = generated.stdout + generated.stderr
  if (generated.status !== 0) fail(output)
  if (readdirSync(copy).length !== before || !/No schema changes/.test(output)) {
    fail(`The tables changed without a migration. Run \`npm run db:generate\`.\n${output}`)
  }
  const { entries } = JSON.parse(readFileSync(join(core, "migrations/meta/_journal.json"), "utf8"))
  for (let at = 1; at < entries.length; at++) {
    if (entries[at].when <= entries[at - 1].when)
      fail(`${entries[at].tag} is dated before ${entries[at - 1].tag}: it would be skipped.`)
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
