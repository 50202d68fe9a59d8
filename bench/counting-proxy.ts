import { createServer, request as ask } from "node:http"
import type { AddressInfo } from "node:net"

export interface CountingProxy {
  url: string
  /** Requests so far by what they ask for, `PUT` or `SendMessage`. */
  requests: Record<string, number>
  stop(): void
}

/** Passes everything on as it came, host name included since it is signed, and counts it. */
export async function countingProxy(target: string): Promise<CountingProxy> {
  const { hostname, port } = new URL(target)
  const requests: Record<string, number> = {}
  const server = createServer((incoming, outgoing) => {
    // The JSON protocol of AWS names the operation in a header; S3's is the method.
    const name = String(incoming.headers["x-amz-target"] ?? incoming.method)
      .split(".")
      .at(-1)!
    requests[name] = (requests[name] ?? 0) + 1
    const { method, url, headers } = incoming
    const onward = ask({ hostname, port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(outgoing)
    })
    onward.once("error", (error) => outgoing.destroy(error))
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
