import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { crc32 } from "node:zlib"

/** Checksum of every file of a zip archive, by its name, as the central directory has them (APPNOTE.TXT §4.3.12). */
function checksumsOf(zip: Buffer): Map<string, number> {
  const end = zip.lastIndexOf("PK\u0005\u0006", undefined, "latin1")
  if (end < 0) throw new Error("No zip archive")
  const checksums = new Map<string, number>()
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ]
    checksums.set(zip.toString("utf8", at + 46, at + 46 + name), zip.readUInt32LE(at + 16))
    at += 46 + name + extra + comment
  }
  return checksums
}

/**
 * What is in a function's archive and not, bit for bit, in the folder that `npm start` runs, or the other way round.
 * SST adds `resource.enc`, where links would be; we have none.
 */
export function differences(archive: string, folder: string): string[] {
  if (!existsSync(archive)) return [`SST made no ${archive}`]
  const packed = checksumsOf(readFileSync(archive))
  packed.delete("resource.enc")
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  const wrong = files.flatMap((each) => {
    const path = join(each.parentPath, each.name)
    const name = path.slice(folder.length + 1).replaceAll("\\", "/")
    const isSame = packed.get(name) === crc32(readFileSync(path))
    packed.delete(name)
    return isSame ? [] : [`${name} is not the same`]
  })
  return [
    ...wrong,
    ...[...packed.keys()].filter((each) => !each.endsWith("/")).map((each) => `${each} is one too many`),
  ]
}
