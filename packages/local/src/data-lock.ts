import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"

/** Somebody runs on the data folder already; the message is for the user. */
export class DataFolderInUse extends Error {}

export interface DataLock {
  /** Tells a second start where this one is. */
  announce(portal: string): void
  release(): void
}

/**
 * One RoboKit for a data folder. The lock is the operating system's, on a file of SQLite's, so it ends with its process
 * however that ends, and a process number given to another program since means nothing.
 */
export function lockDataFolder(folder: string): DataLock {
  const note = join(folder, "running")
  const database = new DatabaseSync(join(folder, "lock"))
  try {
    database.exec("pragma locking_mode = exclusive; begin exclusive")
  } catch (error) {
    database.close()
    if (!/locked/.test((error as Error).message)) throw error
    throw new DataFolderInUse(
      `RoboKit is running on this data folder already (${readNote(note)}). Stop that one, or choose another folder with --data-dir.`,
    )
  }
  writeFileSync(note, `process ${process.pid}`)
  return {
    announce: (portal) => writeFileSync(note, `process ${process.pid}, ${portal}`),
    release() {
      rmSync(note, { force: true })
      database.close()
    },
  }
}

function readNote(path: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return "it is just starting or stopping"
  }
}
