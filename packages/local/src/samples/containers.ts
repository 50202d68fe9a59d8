/** Containers of other formats, written byte by byte: valid by their own specification, with nothing inside. */

const MCAP_MAGIC = Buffer.from([0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a])

/** Header, DataEnd and Footer between the magics: the least MCAP there is. https://mcap.dev/spec */
export function emptyMcap(): Uint8Array {
  const record = (opcode: number, content: Buffer) => {
    const head = Buffer.alloc(9)
    head.writeUInt8(opcode, 0)
    head.writeBigUInt64LE(BigInt(content.length), 1)
    return Buffer.concat([head, content])
  }
  const text = (value: string) => {
    const length = Buffer.alloc(4)
    length.writeUInt32LE(Buffer.byteLength(value))
    return Buffer.concat([length, Buffer.from(value)])
  }
  return Buffer.concat([
    MCAP_MAGIC,
    record(0x01, Buffer.concat([text("ros2"), text("robokit-sample")])),
    // A checksum of 0 says that there is none.
    record(0x0f, Buffer.alloc(4)),
    record(0x02, Buffer.alloc(20)),
    MCAP_MAGIC,
  ])
}

const BAG_HEADER_BYTES = 4096

/** The version line and the padded header record of a bag without connections. http://wiki.ros.org/Bags/Format/2.0 */
export function emptyBag(): Uint8Array {
  const magic = "#ROSBAG V2.0\n"
  const field = (name: string, value: Buffer) => {
    const body = Buffer.concat([Buffer.from(`${name}=`), value])
    return Buffer.concat([uint32(body.length), body])
  }
  const indexAt = Buffer.alloc(8)
  indexAt.writeBigUInt64LE(BigInt(magic.length + BAG_HEADER_BYTES))
  const header = Buffer.concat([
    field("op", Buffer.from([0x03])),
    field("index_pos", indexAt),
    field("conn_count", uint32(0)),
    field("chunk_count", uint32(0)),
  ])
  const padding = Buffer.alloc(BAG_HEADER_BYTES - 8 - header.length, " ")
  return Buffer.concat([Buffer.from(magic), uint32(header.length), header, uint32(padding.length), padding])
}

/**
 * An HDF5 superblock of version 0 whose root group has no object header behind it: recognised as HDF5, and empty.
 * HDF5 File Format Specification 3.0, II.A.
 */
export function emptyHdf5(): Uint8Array {
  const block = Buffer.alloc(96)
  block.set([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a], 0)
  block.set([8, 8], 13)
  block.writeUInt16LE(4, 16)
  block.writeUInt16LE(16, 18)
  const undefinedAddress = 0xffff_ffff_ffff_ffffn
  block.writeBigUInt64LE(0n, 24)
  block.writeBigUInt64LE(undefinedAddress, 32)
  block.writeBigUInt64LE(96n, 40)
  block.writeBigUInt64LE(undefinedAddress, 48)
  block.writeBigUInt64LE(undefinedAddress, 64)
  return block
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
