import { Writable } from "node:stream"

/** Lambda's own mark on a handler that takes a stream to answer into. */
const STREAMS = Symbol.for("aws.lambda.runtime.handler.streaming")

type Handler = (event: unknown, stream: Writable, context: object) => Promise<unknown>
interface Metadata {
  statusCode: number
  headers?: Record<string, string>
  cookies?: string[]
}

/** What Lambda's Node runtime gives to handlers as `awslambda`, before it loads them. */
export const awslambda = {
  streamifyResponse: (handler: Handler) => Object.assign(handler, { [STREAMS]: "response" }),
  HttpResponseStream: { from: (stream: Answer, metadata: Metadata) => Object.assign(stream, { metadata }) },
}

export const isStreaming = (handler: object): handler is Handler => STREAMS in handler

class Answer extends Writable {
  metadata: Metadata | undefined
  readonly chunks: Buffer[] = []
  override _write(chunk: Buffer, _encoding: string, done: () => void) {
    this.chunks.push(chunk)
    done()
  }
}

/** Runs the handler and gives what it streamed in one piece, in the form of an answer that was not streamed. */
export async function collect(handler: Handler, event: unknown, context: object) {
  const answer = new Answer()
  const ended = new Promise<void>((resolve, reject) => answer.once("finish", resolve).once("error", reject))
  // Either may fail first, and only one of them is waited for.
  ended.catch(() => {})
  await handler(event, answer, context)
  await ended
  // Without a word about the status, the address of a function answers 200, with bytes of no type.
  const { metadata = { statusCode: 200, headers: { "content-type": "application/octet-stream" } } } = answer
  return { ...metadata, body: Buffer.concat(answer.chunks).toString("base64"), isBase64Encoded: true, streamed: true }
}
