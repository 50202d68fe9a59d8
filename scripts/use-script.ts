import { spawn } from "node:child_process"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll } from "vitest"
import { app } from "../packages/functions/src/api/app.ts"

/** Runs an operator's script in a process of its own against the API, which this process serves while its tests run. */
export function useScript(name: string) {
  let server: Server
  let url: string
  beforeAll(async () => {
    server = createServer(async (incoming, outgoing) => {
      const { method = "GET", headers } = incoming
      const body = method === "POST" ? await Array.fromAsync(incoming).then(Buffer.concat) : null
      const answer = await app.request(`${url}${incoming.url}`, { method, headers: headers as never, body })
      outgoing.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()))
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => server.close())

  return async (args: string[], env: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL(name, import.meta.url)), ...args], {
      env: { PATH: process.env.PATH, ROBOKIT_URL: url, ...env },
    })
    let output = ""
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk))
    const code = await new Promise((resolve) => child.once("close", resolve))
    return { code, output }
  }
}
