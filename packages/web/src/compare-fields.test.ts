import { expect, test } from "vitest"
import { fieldChanges } from "./compare-fields.ts"

test("what differs is told down to single values, by the names of what has them", () => {
  const front = { name: "front", fps: 30, shape: [96, 128] }
  const cameras = {
    field: "cameras",
    from: [front, { name: "wrist", fps: 30, shape: [72, 96] }],
    to: [
      { ...front, fps: 20 },
      { name: "wrist", fps: 30, shape: [96, 96] },
    ],
  }
  expect(fieldChanges([cameras, { field: "fps", from: 30, to: null }])).toEqual([
    { name: "Cameras › front › fps", from: 30, to: 20 },
    { name: "Cameras › wrist › shape", from: [72, 96], to: [96, 96] },
    { name: "Frames per second", from: 30, to: null },
  ])
})

test("what only one side has is told whole, and the order of named things is no difference", () => {
  const [front, wrist] = [{ name: "front" }, { name: "wrist" }]
  expect(fieldChanges([{ field: "cameras", from: [front], to: [wrist, front] }])).toEqual([
    { name: "Cameras › wrist", from: undefined, to: wrist },
  ])
  expect(fieldChanges([{ field: "tags", from: ["a"], to: ["a", "b"] }])).toEqual([
    { name: "Tags", from: ["a"], to: ["a", "b"] },
  ])
  const twice = [front, { ...front, fps: 30 }]
  expect(fieldChanges([{ field: "cameras", from: twice, to: [front] }])).toEqual([
    { name: "Cameras", from: twice, to: [front] },
  ])
  expect(fieldChanges([{ field: "cameras", from: [], to: [front] }])).toEqual([
    { name: "Cameras", from: [], to: [front] },
  ])
})
