import { Config } from "@robokit/core/config"
import { SIZE_CLASSES } from "@robokit/core/job/schema"
import { expect, test } from "vitest"
import { CLASSES, FUNCTIONS, MAPPINGS, QUEUE_SETTINGS, QUEUES } from "./sizes.ts"

test("every size class has a queue, a setting with its address and a worker, larger than those before", () => {
  expect(Object.keys(CLASSES)).toEqual([...SIZE_CLASSES])
  expect(Object.keys(Config.shape)).toEqual(expect.arrayContaining(Object.keys(QUEUE_SETTINGS)))
  const workers = SIZE_CLASSES.map((each) => FUNCTIONS[CLASSES[each].worker])
  for (const what of ["memory_mb", "disk_mb", "timeout_s"] as const) {
    const sizes: number[] = workers.map((each) => each[what])
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
  }
  expect(new Set(workers.map((each) => each.memory_mb)).size).toBe(SIZE_CLASSES.length)
})

test("each worker refuses what is larger than its class", () => {
  for (const size_class of SIZE_CLASSES)
    expect(FUNCTIONS[CLASSES[size_class].worker].handler).toBe(`worker.${size_class}`)
})

test("every queue has one reader, and hides a message for six times as long as that may take", () => {
  expect(MAPPINGS.map(({ queue }) => queue).toSorted()).toEqual(QUEUES.map(({ name }) => name).toSorted())
  for (const { queue, reader } of MAPPINGS) {
    const { visibility_s } = QUEUES.find(({ name }) => name === queue)!
    expect(visibility_s).toBeGreaterThanOrEqual(6 * FUNCTIONS[reader].timeout_s)
  }
})
