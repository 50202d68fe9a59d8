import { expect, test, vi, afterEach } from "vitest"
import { stubRequired } from "../../test/settings.ts"
import { resetConfig } from "../config.ts"
import { follow } from "./address.ts"
import { failureOf, waitOf } from "./failure.ts"

afterEach(() => {
  vi.unstubAllEnvs()
  resetConfig()
})
function configure(settings: Record<string, string>) {
  stubRequired()
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value)
  resetConfig()
}

test.each([
  [{ ratelimit: '"api";r=0;t=295' }, 296_000],
  [{ ratelimit: '"api";r=499;t=295' }, undefined],
  [{ ratelimit: '"api";r=499;t=295, "resolvers";r=0;t=20' }, 21_000],
  [{ ratelimit: '"api";r=0;t=20', "retry-after": "40" }, 40_000],
  [{ ratelimit: '"api";r=0;t=40', "retry-after": "20" }, 41_000],
  [{ "retry-after": "-3" }, undefined],
  [{ ratelimit: "nonsense", "retry-after": "soon" }, undefined],
])("%o asks to wait %s ms", (headers, ms) => {
  expect(waitOf(new Headers(headers))).toBe(ms)
})

test("Retry-After may be a date", () => {
  const ms = waitOf(new Headers({ "retry-after": new Date(Date.now() + 30_000).toUTCString() }))!
  expect(ms).toBeGreaterThan(28_000)
  expect(ms).toBeLessThanOrEqual(30_000)
})

const subject = { repo_id: "acme/arm", revision: "main", path: "a.json" }
test.each([
  [404, { "x-error-code": "RepoNotFound" }, "", "repo_not_found"],
  [404, { "x-error-code": "RevisionNotFound" }, "", "revision_not_found"],
  [404, { "x-error-code": "EntryNotFound" }, "", "file_missing"],
  [401, {}, '{"error":"Invalid username or password."}', "repo_not_found"],
  [401, { "x-error-code": "GatedRepo" }, "", "hub_gated"],
  [403, { "x-error-code": "GatedRepo" }, "", "hub_gated"],
  [403, {}, '{"error":"Access to this resource is disabled."}', "hub_repo_disabled"],
  [403, {}, "", "hub_auth_required"],
  [408, {}, "", "hub_unavailable"],
  [500, { "x-error-code": "RepoNotFound" }, "", "hub_unavailable"],
  [418, {}, "", "hub_bad_answer"],
] as const)("%s %o %s is %s", (status, headers, body, code) => {
  configure({})
  expect(failureOf(status, new Headers(headers), Buffer.from(body), subject)).toMatchObject({ code })
})

test("a token the Hub does not take is said only where there is one", () => {
  const refused = () =>
    failureOf(401, new Headers(), Buffer.from("Invalid credentials in Authorization header"), subject)
  configure({ HF_TOKEN: "hf_x" })
  expect(refused()).toMatchObject({ code: "hub_token_invalid" })
  configure({ HF_TOKEN: "" })
  expect(refused()).toMatchObject({ code: "repo_not_found" })
})

test("what the Hub says is repeated without markup and controls, and never at length", () => {
  const said = `<script>\u001b[31m\u202e${"x".repeat(10_000)}`
  const { message } = failureOf(418, new Headers(), Buffer.from(said), subject)
  // eslint-disable-next-line no-control-regex -- control characters are what must not be there
  expect(message).not.toMatch(/[\u0000-\u001f\u202e<>]/)
  expect(message.length).toBeLessThan(250)
})

test.each([
  ["https://huggingface.co", "http://listed.example", "http://listed.example/x"],
  ["https://huggingface.co", "https://10.0.0.7", "https://10.0.0.7/x"],
  ["https://huggingface.co", "https://[::1]", "https://[::1]/x"],
  ["https://huggingface.co", "https://127.0.0.1", "https://0x7f.1/x"],
  ["https://huggingface.co", "", "https://a.hf.co:8443/x"],
  ["https://huggingface.co", "", "https://user@a.hf.co/x"],
  ["https://huggingface.co", "", "https://hf.co.evil.example/x"],
  ["http://127.0.0.1:9", "", "http://127.0.0.1:10/x"],
])("a Hub at %s that lists %j may not redirect to %s", (HF_ENDPOINT, HF_REDIRECT_HOSTS, location) => {
  configure({ HF_ENDPOINT, HF_REDIRECT_HOSTS })
  expect(() => follow(location, new URL(HF_ENDPOINT))).toThrow(/not one of its hosts/)
})

test.each([
  ["https://huggingface.co", "", "/api/resolve-cache/x"],
  ["https://huggingface.co", "", "https://us.aws.cdn.hf.co/x?Signature=y"],
  ["https://huggingface.co", "", "https://cas-bridge.xethub.hf.co/x"],
  ["https://hub.example", "https://files.example", "https://files.example/x"],
  ["http://127.0.0.1:9", "http://127.0.0.1:10", "http://127.0.0.1:10/x"],
])("a Hub at %s that lists %j may redirect to %s", (HF_ENDPOINT, HF_REDIRECT_HOSTS, location) => {
  configure({ HF_ENDPOINT, HF_REDIRECT_HOSTS })
  expect(follow(location, new URL(HF_ENDPOINT)).href).toContain("/")
})
