import { kindOf } from "../file-kinds.ts"
import type { FormatAdapter } from "../adapter.ts"
import { ascii, sniff, startsWith } from "../magic.ts"

const MAGICS = [
  { name: "ROS 1 bag", matches: ascii("#ROSBAG V") },
  { name: "MCAP", matches: startsWith(0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a) },
  { name: "ROS 2 SQLite bag", matches: ascii("SQLite format 3\0") },
  { name: "zstd-compressed ROS 2 bag", matches: startsWith(0x28, 0xb5, 0x2f, 0xfd) },
]

/** ROS recordings. Recognised and refused until their reader exists, so there is no `extract` yet. */
export const rosbag: FormatAdapter = {
  id: "rosbag",
  title: "ROS bag (bag, db3, mcap)",

  async recognise({ first, files }) {
    const recordings = first.filter((file) => kindOf(file.path) === "rosbag")
    if (recordings.length === 0) return { recognised: false, reason: "there is no .bag, .db3 or .mcap file" }
    const { found, path, miss } = await sniff(files, recordings, MAGICS)
    if (!found) return { recognised: false, reason: `no recording could be told by its first bytes: ${miss}` }
    return {
      recognised: true,
      supported: false,
      version: null,
      reason: `This is a ROS recording (${path} is a ${found} file). RoboKit cannot read ROS recordings yet.`,
    }
  },
}
