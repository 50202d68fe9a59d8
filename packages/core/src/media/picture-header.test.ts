import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { hasSharedData, sharedData } from "../../test/shared-data.ts"
import { pictureHeader } from "./picture-header.ts"

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ""), "hex")
/** 640 × 480 of three values, behind a JFIF segment and a table. */
const JPEG = hex("ffd8 ffe0 0006 4a464946 ffdb 0004 0000 ffc0 0011 08 01e0 0280 03 0111000211010311 01")
/** A depth picture of lerobot 0.6: 128 × 96, one value of 16 bits. */
const TIFF = hex(
  "49492a00 08000000 0400 0001 0300 01000000 80000000 0101 0300 01000000 60000000 0201 0300 01000000 10000000 1501 0300 01000000 01000000 00000000",
)

test("a JPEG says its size in its frame header, wherever that is", () => {
  expect(pictureHeader(JPEG)).toEqual({ format: "jpeg", width: 640, height: 480, channels: 3, bits: 8 })
})

test("a TIFF says it in its tags", () => {
  expect(pictureHeader(TIFF)).toEqual({ format: "tiff", width: 128, height: 96, channels: 1, bits: 16 })
})

test("what is cut off, or no picture, is none", () => {
  for (const bytes of [JPEG.subarray(0, 15), TIFF.subarray(0, 20), Buffer.from("images/0.png"), new Uint8Array()]) {
    expect(pictureHeader(bytes)).toBeNull()
  }
})

test("a JPEG whose segments have no length ends", () => {
  expect(pictureHeader(hex(`ffd8 ${"ffe0 0000".repeat(500)}`))).toBeNull()
})

describe.skipIf(!hasSharedData)("pictures that lerobot wrote", () => {
  const folder = sharedData("lerobot-made/made-v21-images/images/observation.image/episode_000000")

  test("are PNG of three values of eight bits, all of one size", () => {
    const headers = readdirSync(folder).map((name) => JSON.stringify(pictureHeader(readFileSync(`${folder}/${name}`))))
    expect(headers.length).toBeGreaterThan(5)
    expect(new Set(headers)).toHaveLength(1)
    expect(JSON.parse(headers[0]!)).toMatchObject({ format: "png", channels: 3, bits: 8 })
  })
})
