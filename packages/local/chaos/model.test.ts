import { expect, test } from "vitest"
import { useDatabase } from "@robokit/core/test/database"
import { runSequences } from "./model/sequences.ts"

const database = useDatabase()

test("no sequence of commands, in whatever order and from whomever, leads the rows away from the model", async () => {
  const seed = Date.now() % 2 ** 31
  const all = await runSequences({ url: database.url, seed, runs: 300 })
  // Commands that lead nowhere would prove nothing.
  console.log(all)
  expect(all.ends).toBeGreaterThan(100)
  expect(all.in_parts).toBeGreaterThan(20)
}, 120_000)
