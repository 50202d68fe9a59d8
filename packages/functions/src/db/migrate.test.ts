import { useDatabase } from "@robokit/core/test/database"
import { expect, test } from "vitest"
import { handler } from "./migrate.ts"

const database = useDatabase()

test("migrating what is migrated changes nothing", async () => {
  const applied = () => database.admin`select hash from drizzle.__drizzle_migrations`
  const before = await applied()
  expect(before.length).toBeGreaterThan(0)
  await handler()
  expect([...(await applied())]).toEqual([...before])
})
