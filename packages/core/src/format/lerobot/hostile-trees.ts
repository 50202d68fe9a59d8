import { readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { hasSharedData, sharedData } from "../../../test/shared-data.ts"
import { memoryFiles, type MemoryBody } from "../../files/memory.ts"
import { detectFormat } from "../detect.ts"
import { DatasetMetadata } from "../schema.ts"
import { lerobot } from "./lerobot.ts"

const data = sharedData("")

export function treeOf(name: string): Record<string, MemoryBody> {
  if (!hasSharedData) return { "meta/info.json": Buffer.from("{}") }
  const root = resolve(data, name)
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  return Object.fromEntries(
    entries.map((each) => {
      const path = join(each.parentPath, each.name)
      return [path.slice(root.length + 1), readFileSync(path)]
    }),
  )
}
export const v2 = treeOf("lerobot/ioai-fixtures/datasets/lerobotv2")
export const v3 = treeOf("lerobot/ioai-fixtures/datasets/lerobotv3")
export const infoOf = (tree: Record<string, MemoryBody>) =>
  JSON.parse(Buffer.from(tree["meta/info.json"] as Uint8Array).toString()) as Record<string, unknown>

export const importTree = (tree: Record<string, MemoryBody>) =>
  detectFormat({ repo_id: "some/set", files: memoryFiles(tree) }, "auto")
export const extract = async (tree: Record<string, MemoryBody>) =>
  DatasetMetadata.parse(
    await lerobot.extract!({
      repo_id: "some/set",
      revision: "0".repeat(40),
      files: memoryFiles(tree),
      card: { licence: null, tags: [] },
      progress() {},
      signal: new AbortController().signal,
    }),
  )
export const withInfo = (tree: Record<string, MemoryBody>, info: string | Uint8Array) => ({
  ...tree,
  "meta/info.json": info,
})
export const changed = (tree: Record<string, MemoryBody>, change: Record<string, unknown>) =>
  withInfo(tree, write({ ...infoOf(tree), ...change }))

/** As Python writes it, bare tokens included. */
export const write = (value: unknown) =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === "number" && !Number.isFinite(each) ? `token:${each}` : each,
  ).replaceAll(/"token:(-?\w+)"/g, "$1")
