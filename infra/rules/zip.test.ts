import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { crc32 } from "node:zlib"
import { expect, test } from "vitest"
import { differences } from "./zip.ts"

/** A zip archive's central directory and its end: all that is read. */
function directoryOf(files: Record<string, string>): Buffer {
  const entries = Object.entries(files).map(([name, body]) => {
    const entry = Buffer.alloc(46 + name.length)
    entry.write("PK\u0001\u0002", 0, "latin1")
    entry.writeUInt32LE(crc32(body), 16)
    entry.writeUInt16LE(name.length, 28)
    entry.write(name, 46)
    return entry
  })
  const end = Buffer.alloc(22)
  end.write("PK\u0005\u0006", 0, "latin1")
  end.writeUInt16LE(entries.length, 10)
  return Buffer.concat([...entries, end])
}

test("an archive differs by a byte, by a file too few and by a file too many", () => {
  const home = mkdtempSync(join(tmpdir(), "robokit-zip-"))
  try {
    writeFileSync(join(home, "api.mjs"), "export {}")
    const zip = join(tmpdir(), `${home.split("-").at(-1)}.zip`)
    const compare = (files: Record<string, string>) => {
      writeFileSync(zip, directoryOf(files))
      return differences(zip, home)
    }
    expect(compare({ "api.mjs": "export {}", "resource.enc": "SST's" })).toEqual([])
    expect(compare({ "api.mjs": "export { }" })).toEqual(["api.mjs is not the same"])
    expect(compare({})).toEqual(["api.mjs is not the same"])
    expect(compare({ "api.mjs": "export {}", "other.mjs": "" })).toEqual(["other.mjs is one too many"])
    rmSync(zip)
  } finally {
    rmSync(home, { recursive: true })
  }
})
