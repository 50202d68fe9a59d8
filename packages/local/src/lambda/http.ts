import { isUtf8 } from "node:buffer"
import { randomUUID } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { APIGatewayProxyStructuredResultV2, LambdaFunctionURLEvent } from "aws-lambda"
import { splitOnce } from "../s3/exchange.ts"
import type { LocalFunction } from "./function.ts"
import { InvokeError, isStopped } from "./protocol.ts"

/** Lambda takes and gives at most this much in one invocation. */
const LIMIT = 6 * 2 ** 20
const TEXT = /^(text\/|application\/(json|[\w.+-]+\+json|xml|javascript|x-www-form-urlencoded)\b)/
const BODILESS = new Set([204, 304])

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** A function behind its Function URL: requests become version 2.0 events, results become responses. */
export const functionUrl =
  (fn: LocalFunction): HttpHandler =>
  async (request, response) => {
    const body = await readBody(request)
    if (!body) return sendProblem(response, 413, "too_large", `A request may have ${LIMIT / 2 ** 20} MB at most.`)
    try {
      sendResult(request, response, (await fn.invoke(toEvent(request, body))) as Result)
    } catch (error) {
      if (!isStopped(error)) console.error(`${fn.name}: ${(error as Error).stack ?? error}`)
      if (response.headersSent) return void response.destroy()
      const name = error instanceof InvokeError ? error.name : ""
      if (name === "TooManyRequestsException") {
        response.setHeader("retry-after", "1")
        return sendProblem(response, 429, "too_many_requests", "Too many requests are waiting.")
      }
      if (name === "Sandbox.Timedout") return sendProblem(response, 504, "time_limit", "The request took too long.")
      sendProblem(response, 502, "unexpected", "The function gave no answer.")
    }
  }

/** `undefined` when it is over the limit, counted as it crosses to the function: in base64 unless it is text. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const limit = isText(request) ? LIMIT : Math.floor((LIMIT * 3) / 4)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    // Read on to the end, or the client, which sends before it reads, would see a broken connection instead of the answer.
    if (size <= limit) chunks.push(chunk)
    else chunks.length = 0
  }
  return size <= limit ? Buffer.concat(chunks) : undefined
}

const isText = (request: IncomingMessage) => TEXT.test(request.headers["content-type"] ?? "")

function toEvent(request: IncomingMessage, body: Buffer): LambdaFunctionURLEvent {
  const [rawPath, rawQueryString = ""] = splitOnce(request.url ?? "/", "?")
  const { cookie, ...others } = request.headers
  const headers = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, [value].flat().join(",")]))
  const query: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    query[name] = name in query ? `${query[name]},${value}` : value
  }
  const domainName = request.headers.host ?? "127.0.0.1"
  const method = request.method ?? "GET"
  const now = new Date()
  const plain = isText(request) && isUtf8(body)
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    ...(cookie ? { cookies: cookie.split("; ") } : {}),
    headers: cookie ? { ...headers, cookie } : headers,
    ...(rawQueryString ? { queryStringParameters: query } : {}),
    requestContext: {
      accountId: "anonymous",
      apiId: "local",
      domainName,
      domainPrefix: "local",
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
        userAgent: request.headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey: "$default",
      stage: "$default",
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 ? { body: body.toString(plain ? "utf8" : "base64") } : {}),
    isBase64Encoded: body.length > 0 && !plain,
  }
}

/** `streamed`: by a handler that answers into a stream, for which Lambda has no such limit. */
type Result = APIGatewayProxyStructuredResultV2 & { streamed?: boolean }

function sendResult(request: IncomingMessage, response: ServerResponse, result: Result) {
  const status = result?.statusCode
  if (!status) throw new InvokeError("Runtime.BadResponse", "The function answered without a status code")
  const text = result.body ?? ""
  if (text.length > LIMIT && !result.streamed)
    throw new InvokeError("Function.ResponseSizeTooLarge", `The answer has ${text.length} bytes`)
  for (const [name, value] of Object.entries(result.headers ?? {})) response.setHeader(name, String(value))
  if (result.cookies?.length) response.setHeader("set-cookie", result.cookies)
  const body = Buffer.from(text, result.isBase64Encoded ? "base64" : "utf8")
  const hasBody = request.method !== "HEAD" && !BODILESS.has(status)
  response.statusCode = status
  if (hasBody) response.setHeader("content-length", body.length)
  response.end(hasBody ? body : undefined)
}

/** What the platform itself answers, in the API's own form. */
export function sendProblem(response: ServerResponse, status: number, code: string, detail: string) {
  const body = JSON.stringify({ type: "about:blank", title: code, status, detail, code })
  response.writeHead(status, { "content-type": "application/problem+json", "content-length": Buffer.byteLength(body) })
  response.end(body)
}
