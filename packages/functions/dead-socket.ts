import { readFile } from "node:fs/promises"
import type { Plugin } from "esbuild"

/** What is changed in postgres.js, from and to. Each must be found once, or the version changed and this must be looked at. */
const CHANGES = [
  [
    "      return queryError(q, Errors.connection('CONNECTION_DESTROYED', options))\n",
    "      return queryError(q, Errors.connection('CONNECTION_DESTROYED', options))\n" +
      "    if (socket === null)\n      return queryError(q, Errors.connection('CONNECTION_CLOSED', options))\n",
  ],
  [
    "    incomings = null\n    clearImmediate(nextWriteTimer)\n",
    "    incomings = null\n    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n",
  ],
  [
    "        query && (query.cursorFn || query.describeFirst) && write(Sync)\n        errored(e)\n",
    "        if (!query) {\n          errored(Errors.connection('CONNECTION_CLOSED', options))\n          socket && socket.destroy()\n          return\n        }\n" +
      "        ;(query.cursorFn || query.describeFirst) && write(Sync)\n        errored(e)\n",
  ],
] as const

/**
 * Mends three faults of postgres.js 3.4.9 (`src/connection.js`). A statement sent in a transaction whose connection has closed is
 * written to a socket that is null, on the next turn of the loop: an uncaught TypeError that ends the process. And a write
 * that was waiting when the connection closed leaves a mark that keeps the next connection from ever writing: it times out.
 */
export const mendDeadSocket = (source: string): string =>
  CHANGES.reduce((text, [from, to]) => {
    if (text.split(from).length !== 2) throw new Error(`postgres.js is not as expected: ${JSON.stringify(from)}`)
    return text.replace(from, to)
  }, source)

export const DEAD_SOCKET_FILE = /[\\/]postgres[\\/]src[\\/]connection\.js$/

export const deadSocket: Plugin = {
  name: "dead socket",
  setup(build) {
    build.onLoad({ filter: DEAD_SOCKET_FILE }, async ({ path }) => ({
      contents: mendDeadSocket(await readFile(path, "utf8")),
    }))
  },
}
