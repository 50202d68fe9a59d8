import { sql } from "drizzle-orm"
import { expect, test } from "vitest"
import { useDatabase } from "../../test/database.ts"
import { use } from "../db/database.ts"
import { Idempotency } from "./idempotency.ts"

useDatabase()
const request = { key: "k", endpoint: "POST /x", fingerprint: "body" }

test("the same request again gets the first answer and does nothing", async () => {
  let runs = 0
  const work = async () => ({ status: 201, body: { id: ++runs, text: "\0" } })
  expect(await Idempotency.once(request, work)).toEqual({
    answer: { status: 201, body: { id: 1, text: "\0" } },
    replayed: false,
  })
  expect(await Idempotency.once(request, work)).toEqual({
    answer: { status: 201, body: { id: 1, text: "\ufffd" } },
    replayed: true,
  })
  expect(runs).toBe(1)
})

test("another body under the same key is refused; another endpoint is another key", async () => {
  await Idempotency.once(request, async () => 1)
  await expect(Idempotency.once({ ...request, fingerprint: "other" }, async () => 2)).rejects.toMatchObject({
    code: "idempotency_key_reused",
  })
  expect(await Idempotency.once({ ...request, endpoint: "POST /y" }, async () => 3)).toEqual({
    answer: 3,
    replayed: false,
  })
})

test("of 50 at once one is carried out, the others are told that it is", async () => {
  let runs = 0
  const work = async () => {
    runs++
    await new Promise((resolve) => setTimeout(resolve, 300))
    return 1
  }
  const all = await Promise.allSettled(Array.from({ length: 50 }, () => Idempotency.once(request, work)))
  expect(runs).toBe(1)
  const codes = all.flatMap((each) => (each.status === "rejected" ? [each.reason.code as string] : []))
  expect(new Set(codes)).toEqual(new Set(["idempotency_in_progress"]))
})

test("what failed is not stored, so it may be tried again", async () => {
  await expect(Idempotency.once(request, () => Promise.reject(new Error("down")))).rejects.toThrow("down")
  expect(await Idempotency.once(request, async () => "now")).toEqual({ answer: "now", replayed: false })
})

test("a process that died at work does not hold its key, and after a day the key is new", async () => {
  const insert = (until: string) =>
    use().execute(sql`insert into idempotency_key (endpoint, key, fingerprint, running_until)
      values ('POST /x', 'k', 'body', now() + ${until}::interval)`)
  await insert("1 minute")
  await expect(Idempotency.once(request, async () => 1)).rejects.toMatchObject({ code: "idempotency_in_progress" })
  await use().execute(sql`update idempotency_key set running_until = now() - interval '1 second'`)
  expect(await Idempotency.once(request, async () => 1)).toEqual({ answer: 1, replayed: false })
  await use().execute(sql`update idempotency_key set created_at = now() - interval '25 hours'`)
  expect(await Idempotency.once({ ...request, fingerprint: "new" }, async () => 2)).toEqual({
    answer: 2,
    replayed: false,
  })
})
