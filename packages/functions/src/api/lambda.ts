import type { StreamifyHandler } from "aws-lambda"
import { handle, type LambdaContext, type LambdaEvent, streamHandle } from "hono/aws-lambda"
import { app } from "./app.ts"

const whole = handle(app)

/** The answer in one piece: for callers that have no stream to give. */
const answer = (event: LambdaEvent, context?: LambdaContext) => whole(asRequestTakesIt(event), context)

/** Into Lambda's stream, so that an answer may be larger than 6 MB and its first byte leaves before its last is known. */
function streaming(lambda: typeof awslambda) {
  // Hono types it as a handler without a stream.
  const serve = streamHandle(app) as unknown as StreamifyHandler<LambdaEvent>
  return lambda.streamifyResponse<LambdaEvent>((event, stream, context) =>
    serve(asRequestTakesIt(event), stream, context),
  )
}

/** Lambda's runtime, and ours on a laptop, offer a stream; Hono alone leaves an empty `awslambda` behind. */
const isOffered = typeof awslambda !== "undefined" && typeof awslambda.streamifyResponse === "function"

export const handler = isOffered ? (streaming(awslambda) as unknown as typeof answer) : answer

/** `Request` throws on these, whatever the address, which would make plain text out of a method not allowed. */
const FORBIDDEN = new Set(["CONNECT", "TRACE", "TRACK"])

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
