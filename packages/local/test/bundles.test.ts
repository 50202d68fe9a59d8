import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, test } from "vitest"
import { buildFunctions } from "../../functions/build.ts"
import { digest } from "../../functions/manifest.ts"
import { type Product, startProduct, until } from "./product.ts"

const ROOT = fileURLToPath(new URL("../../..", import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), "robokit-same-"))
let product: Product

beforeAll(async () => {
  product = await startProduct({ data_dir: join(scratch, "data") })
}, 120_000)
afterAll(async () => {
  await product?.stop()
  rmSync(scratch, { recursive: true, force: true })
})

test("what `npm start` runs is what deploys: the same files with the same hashes", async () => {
  // As infra/builds.ts asks for them.
  const output = execFileSync(process.execPath, ["scripts/builds.mjs"], { cwd: ROOT, encoding: "utf8" })
  const deployed = (JSON.parse(output) as { functions: string }).functions

  await fetch(`${product.api}/health`)
  const running = await until(
    async () => bundlesOf(product.child.pid!),
    (files) => files.some((file) => basename(file) === "api.mjs"),
    10,
  )
  expect(new Set(running.map((file) => dirname(file)))).toEqual(new Set([deployed]))
  // And that folder is what the sources give now, byte for byte, not what somebody left in it.
  expect(digest(deployed)).toEqual(digest(await buildFunctions(join(scratch, "fresh"))))
})

/** Bundles that processes of the product's group were started with. */
const bundlesOf = (group: number) =>
  execFileSync("ps", ["-eo", "pgid=,args="], { encoding: "utf8" })
    .split("\n")
    .filter((row) => Number(row.trim().split(/\s+/)[0]) === group)
    .flatMap((row) => /file:\/\/\S+\.mjs/.exec(row)?.[0] ?? [])
    .map((url) => fileURLToPath(url))
