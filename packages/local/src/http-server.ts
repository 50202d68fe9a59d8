import { createServer, type Server } from "node:http"
import type { HttpHandler } from "./lambda/http.ts"
import { listen } from "./port.ts"

export interface HttpServer {
  url: string
  /** Whether the wanted port was taken. */
  moved: boolean
  stop(): Promise<void>
}

export async function serve(handler: HttpHandler, wanted: number): Promise<HttpServer> {
  const server = createServer((request, response) => {
    // Handlers answer what they can. What is left is a connection that broke under them.
    handler(request, response).catch(() => response.destroy())
  })
  const port = await listen(server, wanted)
  return { url: `http://127.0.0.1:${port}`, moved: wanted !== 0 && port !== wanted, stop: () => close(server) }
}

const close = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
