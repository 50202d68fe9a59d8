import { beforeEach, describe, expect, test } from "vitest"
import { Config } from "../../../core/src/config.ts"
import { call, operations, post } from "../../test/contract.ts"
import { openStage, plainRepo, source } from "../../test/import-stage.ts"
import { asOperator, OPERATOR_KEY, useOperatorKey, withSettings } from "../../test/operator.ts"
import { isMutation } from "./access.ts"
import { app } from "./app.ts"

const stage = openStage({ repos: [plainRepo("acme/arm"), plainRepo("acme/leg")] })
useOperatorKey()

const JSON_TYPE = { "content-type": "application/json" }
const BODIES: Record<string, object> = {
  createDataset: { source: source("acme/leg") },
  createDatasets: { datasets: [{ source: source("acme/leg") }] },
}
const EXAMPLE: Record<string, string> = { job_type: "metadata_extraction", owner: "acme", name: "arm" }
const addressOf = (path: string) => path.replaceAll(/\{(\w+)\}/g, (_, name: string) => EXAMPLE[name] ?? "1")

const mutations = operations.filter(({ method, path }) => method !== "GET" && !path.endsWith("/search"))
const reads = operations.filter(({ method }) => method === "GET")

const send = ({ path, method, operation }: (typeof operations)[number], headers: Record<string, string>) => {
  const { operationId = "" } = operation as { operationId?: string }
  return call(addressOf(path), {
    method,
    headers: { ...(method === "GET" || method === "DELETE" ? {} : JSON_TYPE), ...headers },
    ...(method === "GET" || method === "DELETE" ? {} : { body: JSON.stringify(BODIES[operationId] ?? {}) }),
  })
}

/** Wrong keys are counted by address: each test that sends some has its own. */
let household = 0
beforeEach(async () => {
  household++
  expect((await post("/api/v1/datasets/", { source: source("acme/arm") }, asOperator)).status).toBe(201)
})
const from = () => ({ "x-forwarded-for": `203.0.113.${household}` })
const rows = () => stage.admin`select (select count(*) from dataset) d, (select count(*) from job) j`

describe("with an operator's key", () => {
  test("the document names every operation that changes something, and there are some", () => {
    const needing = operations.filter(({ operation }) => {
      const { security = [] } = operation as { security?: object[] }
      return security.length > 0 && security.every((each) => "operator_key" in each)
    })
    expect(needing).toEqual(mutations)
    expect(mutations.length).toBeGreaterThanOrEqual(4)
  })

  test.each(mutations)("$method $path needs it, and says no more to a wrong one than to none", async (operation) => {
    // A job is tried again only once it has failed, as a cancelled one has.
    if (operation.path.endsWith("/retry")) await post("/api/v1/datasets/1/jobs/1/cancel", {}, asOperator)
    const before = await rows()
    const answers = []
    for (const authorization of [
      undefined,
      `Bearer ${OPERATOR_KEY.slice(0, -1)}`,
      `Basic ${btoa(`op:${OPERATOR_KEY}`)}`,
    ]) {
      const response = await send(operation, { ...from(), ...(authorization && { authorization }) })
      expect(response.status).toBe(401)
      expect(response.headers.get("www-authenticate")).toBe('Bearer realm="robokit"')
      expect(response.headers.get("cache-control")).toBe("no-store")
      const { request_id: _, ...problem } = await response.json()
      expect(problem.code).toBe("operator_key_required")
      answers.push(problem)
    }
    expect(answers[1]).toEqual(answers[0])
    expect(answers[2]).toEqual(answers[0])
    expect(await rows()).toEqual(before)
    expect((await send(operation, asOperator)).status).toBeOneOf([200, 201, 202, 204, 207])
  })

  test.each(reads)("GET $path answers without it as it did before", async (operation) => {
    withSettings({ OPERATOR_KEY: undefined })
    const before = await send(operation, {})
    withSettings({ OPERATOR_KEY })
    const after = await send(operation, {})
    expect(after.status).toBe(before.status)
    const textOf = async (answer: Response) => (await answer.text()).replace(/"request_id":"[^"]*"/, "")
    const [was, is] = [await textOf(before), await textOf(after)]
    expect(is).toBe(operation.path === "/api/v1/hub" ? was.replace("not_set", "required") : was)
  })

  test("the search is a read", async () => {
    expect((await post("/api/datasets/huggingface/search/", { query: "arm" })).status).toBe(200)
  })

  test("what is not known to read needs it, an unknown address too", async () => {
    expect(isMutation("PUT", "/api/v1/anything")).toBe(true)
    expect(isMutation("POST", "/api/datasets/huggingface/search/x")).toBe(true)
    expect((await app.request("/api/v1/nowhere", { method: "POST" })).status).toBe(401)
  })

  test("it is asked for before a body is read and before an old answer is repeated", async () => {
    const twice = { ...asOperator, "idempotency-key": "k1" }
    const body = { source: source("acme/leg") }
    expect((await post("/api/v1/datasets/", body, twice)).status).toBe(201)
    expect((await post("/api/v1/datasets/", body, { "idempotency-key": "k1" })).status).toBe(401)
    expect((await post("/api/v1/datasets/", '{"source": }')).status).toBe(401)
  })

  test("it opens nothing to a page of another origin", async () => {
    const headers = { ...asOperator, "sec-fetch-site": "cross-site" }
    expect((await call("/api/v1/datasets/1", { method: "DELETE", headers })).status).toBe(403)
  })

  test("a wrong one is refused with a read as well; another scheme is a proxy's affair", async () => {
    const read = (authorization: string) => call("/api/v1/datasets/1", { headers: { ...from(), authorization } })
    expect((await read("Bearer nonsense")).status).toBe(401)
    expect((await read("Basic b3A6eA==")).status).toBe(200)
    expect((await read(`bearer ${OPERATOR_KEY}`)).status).toBe(200)
  })

  test("the portal is told how it stands, and no cache mixes that up", async () => {
    const state = async (headers: Record<string, string>) => {
      const response = await call("/api/v1/hub", { headers })
      expect(response.headers.get("vary")).toMatch(/\bAuthorization\b/)
      return [(await response.json()).operator_key, response.headers.get("etag")]
    }
    const [anonymous, operator] = [await state({}), await state(asOperator)]
    expect([anonymous[0], operator[0]]).toEqual(["required", "accepted"])
    expect(anonymous[1]).not.toBe(operator[1])
  })

  test("after ten wrong ones within a minute no key of that address is looked at; reading goes on", async () => {
    const remove = (headers: Record<string, string>) => call("/api/v1/datasets/1", { method: "DELETE", headers })
    for (let n = 0; n < 10; n++) expect((await remove({ ...from(), authorization: `Bearer ${n}` })).status).toBe(401)
    const blocked = await remove({ ...from(), ...asOperator })
    expect(blocked.status).toBe(429)
    expect(Number(blocked.headers.get("retry-after"))).toBeGreaterThan(55)
    expect((await blocked.json()).code).toBe("too_many_wrong_keys")
    // No key is no wrong key.
    expect((await remove(from())).status).toBe(401)
    expect((await call("/api/v1/datasets/1", { headers: from() })).status).toBe(200)
    expect((await remove(asOperator)).status).toBe(204)
  })
})

test("without a key nothing asks for one, and one that is sent is not looked at", async () => {
  withSettings({ OPERATOR_KEY: undefined })
  const headers = { authorization: "Bearer whatever" }
  expect((await call("/api/v1/datasets/1", { method: "DELETE", headers })).status).toBe(204)
})

test("a key that is empty, short or cannot be sent stops the start, and is not repeated in why", () => {
  const Key = Config.pick({ OPERATOR_KEY: true })
  for (const bad of ["", "short", "x".repeat(23), `${"x".repeat(30)} y`, "ключ-оператора-этой-установки"]) {
    const { error } = Key.safeParse({ OPERATOR_KEY: bad })
    expect(error, bad).toBeDefined()
    if (bad !== "") expect(error!.message).not.toContain(bad)
  }
  expect(Key.safeParse({ OPERATOR_KEY }).success).toBe(true)
  expect(Key.safeParse({}).success).toBe(true)
})
