import { execFileSync, spawnSync } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, describe, expect, test } from "vitest"
import { Config } from "../../core/src/config.ts"

const root = fileURLToPath(new URL("../../..", import.meta.url))
const read = (path: string) => readFileSync(join(root, path), "utf8")
const tracked = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).trim().split("\n")

test("every dependency has an exact version", () => {
  for (const path of tracked.filter((each) => each.endsWith("package.json"))) {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read(path))
    const all = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    for (const [name, version] of all) expect(version, `${path}: ${name}`).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/)
  }
})

test(".env.example names every setting, in order, with its description", () => {
  const lines = read(".env.example").split("\n")
  const names = lines.flatMap((line) => /^([A-Z0-9_]+)=/.exec(line)?.[1] ?? [])
  expect(names).toEqual(Object.keys(Config.shape))
  for (const [name, field] of Object.entries(Config.shape)) {
    const at = lines.findIndex((line) => line.startsWith(`${name}=`))
    expect(lines[at - 1]).toBe(`# ${field.description}`)
  }
})

test("every path a document names exists", () => {
  const documents = tracked.filter((each) => /^(README|CONTRIBUTING|docs\/.*)\.?.*\.md$/.test(each))
  expect(documents.length).toBeGreaterThan(2)
  for (const document of documents) {
    for (const [, path] of read(document).matchAll(/`((?:packages|scripts|docs|infra|bench|\.ci)\/[\w./-]+)`/g)) {
      expect(existsSync(join(root, path!)), `${document} names ${path}`).toBe(true)
    }
  }
})

test.each(["package-lock.json", "infra/package-lock.json"])("%s names no registry", (path) => {
  expect(read(path)).not.toMatch(/"resolved": "https?:/)
})

test("infra/env.example names what the deployment reads from its environment", () => {
  const names = read("infra/env.example").match(/^[A-Z_]+(?==)/gm)
  const source = read("sst.config.ts") + read("infra/stage.ts")
  const used = [...source.matchAll(/(?:process\.env\.|given\(")([A-Z_]+)/g)].map(([, name]) => name)
  expect(new Set(names)).toEqual(new Set(used))
})

describe("the import fence", () => {
  const yard = mkdtempSync(join(tmpdir(), "robokit-fence-"))
  afterAll(() => rmSync(yard, { recursive: true, force: true }))
  cpSync(join(root, ".oxlintrc.json"), join(yard, ".oxlintrc.json"))

  const lint = (path: string, source: string) => {
    const file = join(yard, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, source)
    const { status, stdout } = spawnSync(join(root, "node_modules/.bin/oxlint"), [path], {
      cwd: yard,
      encoding: "utf8",
    })
    rmSync(file)
    return { status, stdout }
  }

  test.each([
    ["core reaches for an HTTP framework", "packages/core/src/x.ts", "hono", "Core stands alone"],
    ["core reaches for another package", "packages/core/src/x.ts", "@robokit/functions/api/app", "Core stands alone"],
    ["an entry point writes SQL", "packages/functions/src/x.ts", "drizzle-orm", "SQL lives in core"],
    ["an entry point reads a table", "packages/functions/src/x.ts", "@robokit/core/job/job.sql", "SQL lives in core"],
    ["the portal calls the server's code", "packages/web/src/x.ts", "@robokit/functions/api/app", "schemas only"],
    ["the portal calls a verb of core", "packages/web/src/x.ts", "@robokit/core/job/job", "schemas only"],
    ["a schema needs more than zod", "packages/core/src/a/schema.ts", "node:fs", "zod and other schemas only"],
    ["a table calls a verb", "packages/core/src/a/a.sql.ts", "./a.ts", "Tables know no verbs"],
    ["the deployment runs a function's code", "infra/x.ts", "../packages/functions/src/api/app.ts", "plain data only"],
    ["the deployment reaches for core", "infra/x.ts", "../packages/core/src/config.ts", "plain data only"],
  ])("fails when %s", (_, path, source, sentence) => {
    const { status, stdout } = lint(path, `import * as x from "${source}"\nexport const y = x\n`)
    expect(stdout).toContain(sentence)
    expect(status).not.toBe(0)
  })

  test.each([
    ["packages/web/src/x.ts", "@robokit/core/job/schema"],
    ["packages/core/src/a/schema.ts", "zod"],
    ["packages/core/src/a/a.sql.ts", "drizzle-orm/pg-core"],
    ["packages/functions/src/x.ts", "@robokit/core/job/job"],
    ["infra/x.ts", "../packages/functions/src/sizes.ts"],
  ])("lets %s import %s", (path, source) => {
    expect(lint(path, `import * as x from "${source}"\nexport const y = x\n`).status).toBe(0)
  })
})
