import { handle, type LambdaContext, type LambdaEvent } from "hono/aws-lambda"
import { app } from "./app.ts"

const serve = handle(app)

/** `Request` throws on these, whatever the address, which would make plain text out of a method not allowed. */
const FORBIDDEN = new Set(["CONNECT", "TRACE", "TRACK"])

export const handler = (event: LambdaEvent, context?: LambdaContext) => serve(asRequestTakesIt(event), context)

/** `Request` throws on a GET with a body too, which is no error to us. */
function asRequestTakesIt(event: LambdaEvent): LambdaEvent {
  const http = "requestContext" in event && event.requestContext && "http" in event.requestContext
  if (!http) return event
  const context = event.requestContext as { http: { method: string } }
  const { method } = context.http
  if (method === "GET" || method === "HEAD") return { ...event, body: null } as LambdaEvent
  if (!FORBIDDEN.has(method.toUpperCase())) return event
  return {
    ...event,
    body: null,
    requestContext: { ...context, http: { ...context.http, method: "NONE" } },
  } as LambdaEvent
}
