// The HTTP API, for the scripts of an operator: where it is and whose key it wants are settings.
const base = (process.env.ROBOKIT_URL ?? "http://127.0.0.1:8000").replace(/\/+$/, "")
const key = process.env.OPERATOR_KEY

/** The status, the body and the path of the next page; status 0 and what is wrong when nobody answers as the API does. */
export async function ask(method, path, given = {}) {
  const headers = { accept: "application/json" }
  if (key) headers.authorization = `Bearer ${key}`
  if (method === "POST") headers["content-type"] = "application/json"
  try {
    const response = await fetch(base + path, {
      method,
      headers,
      body: method === "POST" ? JSON.stringify(given) : undefined,
    })
    const next = /<([^>]+)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1]
    return { status: response.status, body: await response.json(), next }
  } catch (error) {
    return {
      status: 0,
      body: { detail: `${base} does not answer as the API does (${error.cause?.code ?? error.message}).` },
    }
  }
}

/** Every row of a list, page by page. Throws what `ask` gave when a page was refused. */
export async function* each(path) {
  for (let at = path; at;) {
    const answer = await ask("GET", at)
    if (answer.status !== 200) throw answer
    yield* answer.body
    at = answer.next
  }
}

/** Says why something could not be done; 1, to be the exit code. */
export function fail(what, status, { code, detail }) {
  const hint = status === 401 ? " Set OPERATOR_KEY." : ""
  console.error(`${what}: ${typeof detail === "string" ? detail : `HTTP ${status}`}${code ? ` [${code}]` : ""}${hint}`)
  return 1
}
