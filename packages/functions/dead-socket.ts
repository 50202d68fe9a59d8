import { readFile } from "node:fs/promises"
import type { Plugin } from "esbuild"

/** What is changed in postgres.js, from and to. Each must be found once, or the version changed and this must be looked at. */
const CHANGES = {
  connection: [
    [
      "      return queryError(q, Errors.connection('CONNECTION_DESTROYED', options))\n",
      "      return queryError(q, Errors.connection('CONNECTION_DESTROYED', options))\n" +
        "    if (socket === null)\n      return (queryError(q, Errors.connection('CONNECTION_CLOSED', options)), true)\n",
    ],
    [
      "    incomings = null\n    clearImmediate(nextWriteTimer)\n",
      "    incomings = null\n    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n",
    ],
  ],
  index: [
    ["      , prepare = null\n", "      , prepare = null\n      , lost = null\n"],
    ["connection.onclose = reject)\n", "connection.onclose = e => reject(lost = e))\n"],
    [
      "        q.catch(e => uncaughtError || (uncaughtError = e))\n",
      "        q.catch(e => uncaughtError || (uncaughtError = e))\n        if (lost)\n          return q.reject(lost)\n",
    ],
  ],
} as const satisfies Record<string, readonly (readonly [from: string, to: string])[]>

export const DEAD_SOCKET_FILE = /[\\/]postgres[\\/]src[\\/](connection|index)\.js$/

/**
 * Mends three faults of postgres.js 3.4.9. A statement sent in a transaction whose connection has closed is written to a
 * socket that is null, on the next turn of the loop: an uncaught TypeError that ends the process. When that connection is
 * opening again for somebody else, the statement goes there, outside any transaction, and from then on every answer is
 * given to the one who asked before. And a write that was waiting when the connection closed leaves a mark that keeps the
 * next connection from ever writing: it times out.
 */
export function mendDeadSocket(source: string, path: string): string {
  const file = DEAD_SOCKET_FILE.exec(path)![1] as keyof typeof CHANGES
  const changes: readonly (readonly [string, string])[] = CHANGES[file]
  return changes.reduce((text, [from, to]) => {
    if (text.split(from).length !== 2) throw new Error(`postgres.js is not as expected: ${JSON.stringify(from)}`)
    return text.replace(from, to)
  }, source)
}

export const deadSocket: Plugin = {
  name: "dead socket",
  setup(build) {
    build.onLoad({ filter: DEAD_SOCKET_FILE }, async ({ path }) => ({
      contents: mendDeadSocket(await readFile(path, "utf8"), path),
    }))
  },
}
