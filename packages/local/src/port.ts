import { connect, createServer, type Server } from "node:net"

const HOST = "127.0.0.1"
const LAST_PORT = 65_535

const isTaken = (error: unknown) => (error as NodeJS.ErrnoException).code === "EADDRINUSE"

/** Listens on loopback, on `wanted` or the next port that is free (0: any). Returns the port. */
export async function listen(server: Server, wanted: number): Promise<number> {
  for (let port = wanted; ; port++) {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject)
        server.listen(port, HOST, () => {
          server.off("error", reject)
          resolve()
        })
      })
      return (server.address() as { port: number }).port
    } catch (error) {
      if (!isTaken(error) || port === 0 || port >= LAST_PORT) throw error
    }
  }
}

/** A port that was free a moment ago: for a server that opens its own socket and may find it taken after all. */
export async function freePort(wanted = 0): Promise<number> {
  const probe = createServer()
  const port = await listen(probe, wanted)
  await new Promise((resolve) => probe.close(resolve))
  return port
}

/** Whether a PostgreSQL server answers: only its protocol says one byte, `N` or `S`, to an SSLRequest. */
export const isPostgres = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, HOST)
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(2000, () => end(false))
    socket.once("error", () => end(false))
    socket.once("close", () => end(false))
    socket.once("connect", () => socket.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])))
    socket.once("data", (bytes) => end(bytes.length === 1 && (bytes[0] === 0x4e || bytes[0] === 0x53)))
  })
