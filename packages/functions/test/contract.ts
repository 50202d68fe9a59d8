import { Ajv2020 } from "ajv/dist/2020.js"
import { expect } from "vitest"
import { app } from "../src/api/app.ts"

interface Operation {
  responses: Record<string, { content?: Record<string, object>; headers?: Record<string, { required?: boolean }> }>
  requestBody?: object
}
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>
}

export const document = (await (await app.request("/openapi.json")).json()) as OpenApi

// Formats say nothing about shape, and the document has no keywords that only ajv knows.
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
ajv.addSchema(document, "openapi")

/** Every operation of the document. */
export const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
)

/** What a read of a dataset answers that was imported and not indexed. */
export const statusUnindexed = ({ responses }: Operation) => (responses[409] ? 409 : 200)

// Addresses with fixed words first: `/datasets/stats` is not the dataset `stats`.
const patterns = Object.keys(document.paths)
  .sort((a, b) => a.split("{").length - b.split("{").length)
  .map((path) => ({ path, pattern: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}/?$`) }))

export interface Answer extends Response {
  // eslint-disable-next-line typescript/no-explicit-any -- its shape was just checked against the document
  json(): Promise<any>
}

/** Asks the app, and fails when the answer is not what the OpenAPI document promises. */
export async function call(address: string, init: RequestInit = {}): Promise<Answer> {
  const response = await app.request(address, init)
  expect(response.headers.get("x-request-id")).toMatch(/^[\w.-]{1,128}$/)
  await hold(address, init.method ?? "GET", response.clone())
  return response
}

export const post = (address: string, body: unknown, headers: Record<string, string> = {}) =>
  call(address, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  })

async function hold(address: string, method: string, response: Response) {
  const { pathname } = new URL(address, "http://api.test")
  const path = patterns.find((each) => each.pattern.test(pathname))?.path
  const operation = path === undefined ? undefined : document.paths[path]?.[method.toLowerCase()]
  // No operation: then it must be one of those answers that say so.
  if (!path || !operation) return expect([204, 404, 405]).toContain(response.status)

  const what = `${method} ${path} → ${response.status}`
  const documented = operation.responses[response.status]
  expect(documented, `${what} is not documented`).toBeDefined()
  for (const [name, { required }] of Object.entries(documented!.headers ?? {})) {
    if (required) expect(response.headers.get(name), `${what} has no ${name}`).not.toBeNull()
  }
  const text = await response.text()
  if (!documented!.content) return expect(text, what).toBe("")

  const type = response.headers.get("content-type")?.split(";")[0] ?? "none"
  expect(Object.keys(documented!.content), `${what} has an undocumented type`).toContain(type)
  const pointer = ["paths", path, method.toLowerCase(), "responses", String(response.status), "content", type, "schema"]
    .map((each) => encodeURIComponent(each.replaceAll("~", "~0").replaceAll("/", "~1")))
    .join("/")
  const validate = ajv.getSchema(`openapi#/${pointer}`) ?? ajv.compile({ $ref: `openapi#/${pointer}` })
  validate(type.endsWith("json") ? JSON.parse(text) : text)
  expect(validate.errors ?? [], `${what}: ${text.slice(0, 500)}`).toEqual([])
}
