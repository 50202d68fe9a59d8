import { createServer, request } from "node:http"
import { listen } from "../src/port.ts"

export interface Gate {
  url: string
  /** While it is shut it answers 503, as S3 does on a bad day. */
  isShut: boolean
  /** How many it turned away. */
  refused: number
  stop(): Promise<void>
}

const REFUSAL = "<Error><Code>ServiceUnavailable</Code><Message>Please reduce your request rate.</Message></Error>"

/** A door in front of an HTTP server: what comes in goes through as it is, signature included. */
export async function startGate(target: string): Promise<Gate> {
  const { hostname, port } = new URL(target)
  const server = createServer((incoming, outgoing) => {
    if (gate.isShut) {
      gate.refused++
      incoming.resume()
      return void outgoing.writeHead(503, { "content-type": "application/xml" }).end(REFUSAL)
    }
    const { method, url, headers } = incoming
    const onward = request({ hostname, port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on("error", () => outgoing.destroy())
    incoming.on("error", () => onward.destroy())
    incoming.pipe(onward)
  })
  const gate: Gate = {
    url: `http://127.0.0.1:${await listen(server, 0)}`,
    isShut: false,
    refused: 0,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return gate
}
