import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { layerFiles, type Layer } from "./layer.ts"

const folderFor = async () => {
  const path = await mkdtemp(join(tmpdir(), "layer-"))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

function counted(key: string, fail: () => boolean = () => false) {
  const built = { times: 0 }
  const layer: Layer = {
    key,
    async *build() {
      built.times++
      yield ["a/../b?#.bin", Buffer.from("hello")]
      if (fail()) throw new Error("the disk went away")
      yield ["empty", Buffer.alloc(0)]
      yield ["c/白.bin", Buffer.from([1, 2, 3])]
    },
  }
  return { layer, built }
}

test("a layer is built once however many ask at once, and read by any range", async () => {
  await using folder = await folderFor()
  const { layer, built } = counted("one")
  const [files] = await Promise.all([layerFiles(folder.path, layer), layerFiles(folder.path, layer)])

  expect(built.times).toBe(1)
  expect([...files.keys()]).toEqual(["a/../b?#.bin", "empty", "c/白.bin"])
  expect(Buffer.from(await files.get("a/../b?#.bin")!.read(1, 4)).toString()).toBe("ell")
  expect(await files.get("c/白.bin")!.read(0, 99)).toEqual(Buffer.from([1, 2, 3]))
  expect(await files.get("empty")!.read(0, 0)).toHaveLength(0)
  expect(await readdir(join(folder.path, "hub-cache"))).toHaveLength(1)
})

test("what a killed build left behind is never taken for a layer", async () => {
  await using folder = await folderFor()
  const abandoned = join(folder.path, "hub-cache", "two-1.99999.tmp")
  await mkdir(abandoned, { recursive: true })
  await writeFile(join(abandoned, "pack.bin"), "hal")
  const { layer, built } = counted("two")

  expect((await layerFiles(folder.path, layer)).size).toBe(3)
  expect(built.times).toBe(1)
})

test("a build that failed is tried again and leaves nothing", async () => {
  await using folder = await folderFor()
  let broken = true
  const { layer, built } = counted("three", () => broken)

  await expect(layerFiles(folder.path, layer)).rejects.toThrow("the disk went away")
  expect(await readdir(join(folder.path, "hub-cache"))).toEqual([])
  broken = false
  expect((await layerFiles(folder.path, layer)).size).toBe(3)
  expect(built.times).toBe(2)
})
