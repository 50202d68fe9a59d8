import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { beforeEach, expect, test } from "vitest"
import { booksOfBudgets, booksOfJobs } from "../../test/books.ts"
import { useDatabase } from "../../test/database.ts"
import { catchMessages, importDataset } from "../../test/engine.ts"
import { priceOf, toUsd } from "./price.ts"

const database = useDatabase()
const PRICE = priceOf({ requests: 10, bytes: 1000, compute_ms: 60_000 }, "light")
const PROCESSES = 4
beforeEach(() => void catchMessages())

interface Told {
  accepted: number
  refused: number
  wrong: string[]
}

/** Each of four processes starts 25 jobs at once on connections of its own. */
async function race(dataset_id: number, { ends, limits }: { ends: boolean; limits: Record<string, string> }) {
  const script = fileURLToPath(new URL("../../test/spend.ts", import.meta.url))
  const told = await Promise.all(
    Array.from({ length: PROCESSES }, async (_, at) => {
      const args = [at, 25, dataset_id, ends ? 1 : 0].map(String)
      const env = { ...process.env, ...limits }
      const { stdout } = await promisify(execFile)(process.execPath, [script, ...args], { env })
      return JSON.parse(stdout) as Told
    }),
  )
  return {
    accepted: told.reduce((sum, { accepted }) => sum + accepted, 0),
    refused: told.reduce((sum, { refused }) => sum + refused, 0),
    wrong: told.flatMap(({ wrong }) => wrong),
  }
}

test("of 100 jobs of four processes a budget for ten takes ten", async () => {
  const { id } = await importDataset()
  await database.admin`delete from job`
  await database.admin`delete from spending`
  const limits = { BUDGET_TENANT_DAY_USD: String(toUsd(10 * PRICE)), BUDGET_DAY_USD: String(toUsd(11 * PRICE)) }
  expect(await race(id, { ends: false, limits })).toEqual({ accepted: 10, refused: 90, wrong: [] })
  expect(await booksOfJobs()).toEqual({ reserved: 10 * PRICE, spent: 0 })
  expect(await booksOfBudgets()).toEqual({ reserved: 10 * PRICE, spent: 0 })
}, 120_000)

test("starts, ends, cancellations and deletions at once neither wait for each other for ever nor lose a micro", async () => {
  const { id } = await importDataset()
  const { accepted, refused, wrong } = await race(id, { ends: true, limits: { BUDGET_DAY_USD: "100" } })
  expect({ accepted, refused, wrong }).toEqual({ accepted: 100, refused: 0, wrong: [] })
  const jobs = await booksOfJobs()
  expect(await booksOfBudgets()).toEqual(jobs)
  expect(jobs.spent).toBeGreaterThan(0)
}, 120_000)
