import { handle, type LambdaContext, type LambdaEvent } from "hono/aws-lambda"
import { app } from "./app.ts"

const serve = handle(app)

export const handler = (event: LambdaEvent, context?: LambdaContext) => serve(withoutStrayBody(event), context)

/** `Request` throws on a GET with a body, which would make plain text out of what is no error to us. */
function withoutStrayBody(event: LambdaEvent): LambdaEvent {
  const http = "requestContext" in event && event.requestContext && "http" in event.requestContext
  const method = http ? (event.requestContext as { http: { method: string } }).http.method : undefined
  return method === "GET" || method === "HEAD" ? ({ ...event, body: null } as LambdaEvent) : event
}
