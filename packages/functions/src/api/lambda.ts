import type { StreamifyHandler } from "aws-lambda"
import { handle, type LambdaContext, type LambdaEvent, streamHandle } from "hono/aws-lambda"
import { app } from "./app.ts"

const whole = handle(app)

/** The answer in one piece: for callers that have no stream to give. */
const answer = (event: LambdaEvent, context?: LambdaContext) => whole(withoutStrayBody(event), context)

/** Into Lambda's stream, so that an answer may be larger than 6 MB and its first byte leaves before its last is known. */
function streaming(lambda: typeof awslambda) {
  // Hono types it as a handler without a stream.
  const serve = streamHandle(app) as unknown as StreamifyHandler<LambdaEvent>
  return lambda.streamifyResponse<LambdaEvent>((event, stream, context) =>
    serve(withoutStrayBody(event), stream, context),
  )
}

/** Lambda's runtime, and ours on a laptop, offer a stream; Hono alone leaves an empty `awslambda` behind. */
const isOffered = typeof awslambda !== "undefined" && typeof awslambda.streamifyResponse === "function"

export const handler = isOffered ? (streaming(awslambda) as unknown as typeof answer) : answer

/** `Request` throws on a GET with a body, which would make plain text out of what is no error to us. */
function withoutStrayBody(event: LambdaEvent): LambdaEvent {
  const http = "requestContext" in event && event.requestContext && "http" in event.requestContext
  const method = http ? (event.requestContext as { http: { method: string } }).http.method : undefined
  return method === "GET" || method === "HEAD" ? ({ ...event, body: null } as LambdaEvent) : event
}
