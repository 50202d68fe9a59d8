import type { FormatAdapter } from "../adapter.ts"
import { kindOf } from "../file-kinds.ts"
import { ascii, sniff } from "../magic.ts"

const MAGICS = [
  { name: "Parquet", matches: ascii("PAR1") },
  { name: "encrypted Parquet", matches: ascii("PARE") },
]

/** Plain Parquet tables, with no convention of episodes on top. */
export const parquet: FormatAdapter = {
  id: "parquet",
  title: "Parquet",

  async recognise({ first, complete, root, files }) {
    const tables = first.filter((file) => kindOf(file.path) === "parquet")
    if (tables.length === 0) return { recognised: false, reason: "there is no .parquet file" }
    const { found, path, miss } = await sniff(files, tables, MAGICS)
    if (!found) return { recognised: false, reason: `no table could be told by its first bytes: ${miss}` }
    if (found === "encrypted Parquet") {
      return {
        recognised: true,
        supported: false,
        version: null,
        reason: `${path} is encrypted Parquet; it needs a key.`,
      }
    }
    const scope = complete ? "" : ` among the first ${first.length} files`
    const where = root.folders.length ? "" : " at the root"
    const count = `${tables.length} Parquet ${tables.length === 1 ? "file" : "files"}${where}${scope}`
    return { recognised: true, supported: true, version: null, reason: `${count}; ${path} begins with PAR1.` }
  },

  extract: async (ctx) => (await import("./extract.ts")).extract(ctx),
}
