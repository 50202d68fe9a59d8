import { setTimeout as sleep } from "node:timers/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { z } from "zod"
import { harnessShards } from "../../packages/core/test/engine.ts"

/** A job in parts that do nothing but wait for a Hub that is far away: `requests` of them, one after the other. */
const waiting = {
  ...harnessShards({
    plan: async ({ shards }) => Array.from({ length: Number(shards) }, (_, at) => ({ weight: 1, input: { at } })),
    async run(_input, { params }) {
      for (let at = 0; at < Number(params.requests); at++) await (await fetch(String(params.url))).text()
      return {}
    },
    reduce: async (partials) => ({ result: { parts: partials.length }, summary: {} }),
  }),
  params: z.object({ shards: z.int(), requests: z.int(), url: z.url(), turn: z.int() }),
}

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
