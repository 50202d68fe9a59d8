import { expect, test } from "vitest"
import { Hono } from "hono"
import { addressOf, WrongKeys } from "./wrong-keys.ts"

test("the minute begins with the first wrong key and ends for all of them", () => {
  const wrong = new WrongKeys()
  for (let n = 0; n < 10; n++) {
    expect(wrong.wait("a", 1000 + n)).toBe(0)
    wrong.count("a", 1000 + n)
  }
  expect(wrong.wait("a", 2000)).toBe(59)
  expect(wrong.wait("b", 2000)).toBe(0)
  expect(wrong.wait("a", 61_000)).toBe(0)
  wrong.count("a", 61_000)
  expect(wrong.wait("a", 61_001)).toBe(0)
})

test("a flood of addresses takes bounded memory", () => {
  const wrong = new WrongKeys()
  for (let n = 0; n < 25_000; n++) wrong.count(`address ${n}`)
  expect(wrong.size).toBe(10_000)
})

test.each([
  [{ "x-forwarded-for": "6.6.6.6, 203.0.113.9" }, "198.51.100.1", "203.0.113.9"],
  [{}, "198.51.100.1", "198.51.100.1"],
  [{}, undefined, "unknown"],
  [{ "x-forwarded-for": "2001:DB8:1:2:3:4:5:6" }, undefined, "2001:db8:1:2::/64"],
  [{ "x-forwarded-for": "2001:db8::1" }, undefined, "2001:db8:0:0::/64"],
])("%o through %s comes from %s", async (headers, sourceIp, address) => {
  const app = new Hono().get("/", (c) => c.text(addressOf(c)))
  const env = sourceIp === undefined ? undefined : { event: { requestContext: { http: { sourceIp } } } }
  expect(await (await app.request("/", { headers: headers as Record<string, string> }, env)).text()).toBe(address)
})
