import type { FormatAdapter } from "./adapter.ts"
import { custom } from "./custom/custom.ts"
import { hdf5 } from "./hdf5/hdf5.ts"
import { lerobot } from "./lerobot/lerobot.ts"
import { parquet } from "./parquet/parquet.ts"
import { rosbag } from "./rosbag/rosbag.ts"
import type { FormatType } from "./schema.ts"

/** Every format there is, most specific first: `auto` takes the first that recognises a repository. */
export const formats = { lerobot, rosbag, hdf5, parquet, custom } satisfies Record<FormatType, FormatAdapter>

export const adapterOf = (id: FormatType): FormatAdapter => formats[id]
