import { describe, expect, test } from "vitest"
import { call, post } from "../../test/contract.ts"
import { plainRepo, source, openStage } from "../../test/import-stage.ts"

const stage = openStage({ repos: [plainRepo("acme/arm"), plainRepo("acme/leg")] })

const create = (key: string, repo_id = "acme/arm") =>
  post("/api/v1/datasets/", { source: source(repo_id) }, { "idempotency-key": key })

describe("a request with an Idempotency-Key", () => {
  test("is answered again as it was the first time", async () => {
    const first = await create("k1")
    const second = await create("k1")
    expect(first.headers.get("idempotent-replayed")).toBeNull()
    expect(second.headers.get("idempotent-replayed")).toBe("true")
    for (const name of ["location", "content-type"]) expect(second.headers.get(name)).toBe(first.headers.get(name))
    expect([second.status, await second.text()]).toEqual([201, await first.text()])
  })

  test("is the same quoted, and at the address with a slash", async () => {
    await create("k1")
    const body = { source: source("acme/arm") }
    const again = await post("/api/v1/datasets", body, { "idempotency-key": '"k1"' })
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([201, "true"])
  })

  test("is another one at another address", async () => {
    await create("k1")
    const elsewhere = await post("/api/v1/datasets/1/analyses/metadata_extraction", {}, { "idempotency-key": "k1" })
    expect([elsewhere.status, elsewhere.headers.get("idempotent-replayed")]).toEqual([200, null])
  })

  test("is refused with another body", async () => {
    await create("k1")
    const other = await create("k1", "acme/leg")
    expect(other.status).toBe(422)
    expect(await other.json()).toMatchObject({ code: "idempotency_key_reused", detail: expect.any(String) })
  })

  test("replays what was decided, also when that was no", async () => {
    await create("k1")
    expect((await create("k2")).status).toBe(409)
    await call("/api/v1/datasets/1", { method: "DELETE" })
    const again = await create("k2")
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([409, "true"])
    expect(again.headers.get("location")).toBe("/api/v1/datasets/1")
  })

  test("may be corrected when nothing had begun", async () => {
    expect((await create("k1", "nope")).status).toBe(422)
    expect((await create("k1")).status).toBe(201)
  })

  test("may be tried again after the Hub was down", async () => {
    stage.hub.faults.add({ match: () => true, action: "503" })
    expect((await create("k1")).status).toBe(503)
    stage.hub.faults.clear()
    expect((await create("k1")).status).toBe(201)
  })

  test("sent 50 times at once is carried out once", async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => create("k1")))
    const done = answers.filter((each) => each.status === 201)
    expect(done.filter((each) => each.headers.get("idempotent-replayed") === null)).toHaveLength(1)
    for (const early of answers.filter((each) => each.status !== 201)) {
      expect(early.status).toBe(409)
      expect(early.headers.get("retry-after")).toBe("1")
      expect(await early.json()).toMatchObject({ code: "idempotency_in_progress" })
    }
    expect(await (await call("/api/v1/datasets")).json()).toHaveLength(1)
  })

  test("needs a key that is one", async () => {
    for (const key of ["x".repeat(256), "", '""']) {
      const response = await create(key)
      expect(response.status, key).toBe(422)
      expect(await response.json()).toMatchObject({ detail: [{ loc: ["header", "Idempotency-Key"] }] })
    }
    expect((await create("x".repeat(255))).status).toBe(201)
  })
})
