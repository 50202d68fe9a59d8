import { html, raw } from "hono/html"
import { style } from "./reference-style.ts"

/** As much of OpenAPI 3.1 as our document uses. */
interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  description?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  additionalProperties?: boolean | Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  default?: unknown
  pattern?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  examples?: unknown[]
}
interface Content {
  content?: Record<string, { schema?: Schema }>
}
interface Operation {
  tags?: string[]
  summary?: string
  description?: string
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema; description?: string }[]
  requestBody?: Content & { required?: boolean }
  security?: object[]
  responses: Record<string, Content & { description: string; headers?: Record<string, unknown> }>
}
interface Document {
  info: { title: string; version: string; summary?: string; description?: string }
  tags?: { name: string; description?: string }[]
  paths?: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, Schema> }
}

type Html = ReturnType<typeof html>

// One piece: a formatter that adds a space within would break the digest in the policy.
const STYLE = raw(`<style>${style}</style>`)

const METHODS = ["get", "post", "put", "patch", "delete"]

/** The document as one page: no script, nothing from elsewhere. */
export function page(from: object): string {
  const document = from as Document
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    METHODS.flatMap((method) => (methods[method] ? [{ path, method, operation: methods[method] }] : [])),
  )
  const groups = (document.tags ?? []).map((tag) => ({
    ...tag,
    operations: operations.filter((each) => each.operation.tags?.includes(tag.name)),
  }))
  const schemas = Object.entries(document.components?.schemas ?? {})
  const { title, summary, description } = document.info
  return String(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>${title} API</title>
          ${STYLE}
        </head>
        <body>
          <nav aria-label="Contents">
            <a class="name" href="#top">${title} API</a>
            ${groups.map(
              (group) =>
                html`<h2>${group.name}</h2>
                  <ul>
                    ${group.operations.map(
                      ({ path, method, operation }) =>
                        html`<li><a href="#${anchor(method, path)}">${operation.summary}</a></li>`,
                    )}
                  </ul>`,
            )}
            <h2>schemas</h2>
            <ul>
              ${schemas.map(([name]) => html`<li><a href="#schema-${name}">${name}</a></li>`)}
            </ul>
          </nav>
          <main id="top">
            <h1>${title} API</h1>
            <p class="lead">${summary}</p>
            ${paragraphs(description)}
            <p>
              For programs: <a href="/openapi.json">openapi.json</a>. In the examples <code>$ROBOKIT</code> is the
              address of this server.
            </p>
            ${groups.map(
              (group) =>
                html`<h2>${group.name}</h2>
                  <p>${group.description}</p>
                  ${group.operations.map(operationOf)}`,
            )}
            <h2>schemas</h2>
            ${schemas.map(
              ([name, schema]) =>
                html`<article id="schema-${name}">
                  <h3>${name}</h3>
                  ${paragraphs(schema.description)}${shape(schema)}
                </article>`,
            )}
          </main>
        </body>
      </html>`,
  )
}

const anchor = (method: string, path: string) => `${method}${path.replaceAll(/[^\w]+/g, "-")}`

const operationOf = ({ path, method, operation }: { path: string; method: string; operation: Operation }) => html`
  <article id="${anchor(method, path)}">
    <h3>${operation.summary}</h3>
    <p class="route"><span class="${method}">${method.toUpperCase()}</span> <code>${path}</code></p>
    ${paragraphs(operation.description)}
    ${needsKey(operation) ? html`<p>Needs the operator's key, where one is set.</p>` : ""}
    ${operation.parameters?.length ? parametersOf(operation.parameters) : ""}
    ${
      operation.requestBody
        ? html`<h4>Body</h4>
            ${contentOf(operation.requestBody)}`
        : ""
    }
    <h4>Answers</h4>
    <dl>
      ${Object.entries(operation.responses).map(
        ([status, response]) =>
          html`<dt class="s${status[0]}">${status}</dt>
            <dd>${prose(response.description)} ${contentOf(response)}${headersOf(response.headers)}</dd>`,
      )}
    </dl>
    <pre tabindex="0"><code>${curl(path, method, operation)}</code></pre>
  </article>
`

/** `{}` among the ways in is the way without a key. */
const needsKey = ({ security = [] }: Operation) =>
  security.length > 0 && security.every((each) => Object.keys(each).length > 0)

const parametersOf = (parameters: NonNullable<Operation["parameters"]>) => html`
  <h4>Parameters</h4>
  <div class="wide">
    <table>
      ${parameters.map(
        (each) =>
          html`<tr>
            <th scope="row"><code>${each.name}</code>${each.required ? html` <b>required</b>` : ""}</th>
            <td>${each.in}</td>
            <td>${typeOf(each.schema ?? {})} ${prose(each.description ?? each.schema?.description)}</td>
          </tr>`,
      )}
    </table>
  </div>
`

const contentOf = ({ content = {} }: Content) =>
  Object.entries(content).map(
    ([type, { schema }]) => html`<div class="content"><code>${type}</code> ${schema ? shape(schema) : ""}</div>`,
  )

const headersOf = (headers: Record<string, unknown> | undefined) =>
  headers
    ? html`<div class="content">with ${list(Object.keys(headers).map((each) => html`<code>${each}</code>`))}</div>`
    : ""

/** A named schema as a link, an object as a table of its fields. */
function shape(schema: Schema): Html | string {
  if (!schema.properties) return typeOf(schema)
  return html`<div class="wide">
    <table>
      ${Object.entries(schema.properties).map(
        ([name, field]) =>
          html`<tr>
            <th scope="row"><code>${name}</code>${schema.required?.includes(name) ? html` <b>required</b>` : ""}</th>
            <td>${typeOf(field)} ${prose(field.description)} ${field.properties ? shape(field) : ""}</td>
          </tr>`,
      )}
    </table>
  </div>`
}

function typeOf(schema: Schema): Html | string {
  if (schema.$ref) {
    const name = schema.$ref.split("/").at(-1)!
    return html`<a href="#schema-${name}">${name}</a>`
  }
  const options = schema.anyOf ?? schema.oneOf ?? schema.allOf
  if (options) return list(options.map(typeOf), " or ")
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`
  if (schema.enum) {
    return list([...schema.enum.map((each) => html`<code>${JSON.stringify(each)}</code>`), limitsOf(schema)])
  }
  const type = [schema.type ?? "any"].flat().join(" or ")
  if (schema.items) return html`array of ${schema.items.properties ? shape(schema.items) : typeOf(schema.items)}`
  if (typeof schema.additionalProperties === "object" && Object.keys(schema.additionalProperties).length > 0) {
    return html`map of ${typeOf(schema.additionalProperties)}`
  }
  return html`${type} ${limitsOf(schema)}`
}

function limitsOf(schema: Schema) {
  const limits = [
    schema.format,
    schema.minimum !== undefined && `≥ ${schema.minimum}`,
    schema.maximum !== undefined && `≤ ${schema.maximum}`,
    schema.maxLength !== undefined && `at most ${schema.maxLength} characters`,
    schema.maxItems !== undefined && `at most ${schema.maxItems}`,
    schema.default !== undefined && `default ${JSON.stringify(schema.default)}`,
    schema.examples?.length && `e.g. ${JSON.stringify(schema.examples[0])}`,
  ].filter((each) => typeof each === "string")
  return limits.length > 0 ? html`<span class="limits">${limits.join(", ")}</span>` : ""
}

const list = (items: (Html | string)[], between = " ") =>
  html`${items.filter((each) => each !== "").map((each, index) => html`${index > 0 ? between : ""}${each}`)}`

/** Text with `code`; the rest of Markdown is not used. */
const prose = (text: string | undefined) =>
  html`${(text ?? "").split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`

const paragraphs = (text: string | undefined) =>
  (text ?? "").split("\n\n").flatMap((each) => (each === "" ? [] : [html`<p>${prose(each)}</p>`]))

const EXAMPLES: Record<string, string> = {
  id: "1",
  job_id: "1",
  other_id: "2",
  n: "0",
  job_type: "metadata_extraction",
  owner: "observabot",
  name: "so101_die_mat4",
}
const SOURCE = { type: "huggingface", repo_id: "observabot/so101_die_mat4", revision: "main" }
const BODIES: Record<string, object> = {
  "/api/v1/datasets": { source: SOURCE },
  "/api/v1/datasets/batch": { datasets: [{ source: SOURCE }] },
  "/api/datasets/huggingface/search": { query: "so101", limit: 8, offset: 0, sort: "downloads" },
}

function curl(path: string, method: string, operation: Operation) {
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => EXAMPLES[name] ?? name)
  const verb = method === "get" ? "" : ` -X ${method.toUpperCase()}`
  const body = operation.requestBody
    ? ` \\\n  -H 'content-type: application/json' \\\n  -d '${JSON.stringify(BODIES[path] ?? {}, null, 2)}'`
    : ""
  return `curl${verb} "$ROBOKIT${address}"${body}`
}
