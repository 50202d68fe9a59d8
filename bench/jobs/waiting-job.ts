import { setTimeout as sleep } from "node:timers/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { harnessShards } from "../../packages/core/test/engine.ts"

/** A job in `n` parts that do nothing but wait for a Hub that is far away, at `FAR_HUB` of the environment, `FAR_REQUESTS` times. */
const waiting = harnessShards({
  plan: async ({ n }) => Array.from({ length: Number(n) }, (_, at) => ({ weight: 1, input: { at } })),
  async run() {
    const { FAR_HUB = "", FAR_REQUESTS = "0" } = process.env
    for (let at = 0; at < Number(FAR_REQUESTS); at++) await (await fetch(FAR_HUB)).text()
    return {}
  },
  reduce: async (partials) => ({ result: { parts: partials.length }, summary: {} }),
})

export const registry = { waiting }

export interface FarHub {
  url: string
  stop(): void
}

/** Answers everything after `latency_ms`. */
export async function farHub(latency_ms: number): Promise<FarHub> {
  const server = createServer(async (_request, response) => {
    await sleep(latency_ms)
    response.end("{}")
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
