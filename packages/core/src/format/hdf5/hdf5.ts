import { kindOf } from "../file-kinds.ts"
import type { FormatAdapter } from "../adapter.ts"
import { sniff, startsWith } from "../magic.ts"

// A user block may precede the signature, at 512 × 2ⁿ; such files are rare and are then told by name alone: refused as
// "does not begin as its name promises" rather than guessed.
const MAGICS = [{ name: "HDF5", matches: startsWith(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a) }]

/** HDF5 episodes. Recognised and refused until their reader exists, so there is no `extract` yet. */
export const hdf5: FormatAdapter = {
  id: "hdf5",
  title: "HDF5",

  async recognise({ first, files }) {
    const candidates = first.filter((file) => kindOf(file.path) === "hdf5")
    if (candidates.length === 0) return { recognised: false, reason: "there is no .h5 or .hdf5 file" }
    const { found, path, miss } = await sniff(files, candidates, MAGICS)
    if (!found) return { recognised: false, reason: `no HDF5 file could be told by its first bytes: ${miss}` }
    return {
      recognised: true,
      supported: false,
      version: null,
      reason: `This is HDF5 (${path} begins with its signature). RoboKit cannot read HDF5 yet.`,
    }
  },
}
