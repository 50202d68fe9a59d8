import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { HubProcessOptions, HubReady } from "./hub/process.ts"

const FILE = fileURLToPath(new URL("hub/process.ts", import.meta.url))
const STOP_MS = 3000

export interface HubProcess {
  url: string
  cdn_url: string
  stop(): Promise<void>
}

/** The sample Hub in a process of its own, so that serving and hashing its files does not slow what it stands beside. */
export async function startHub(options: HubProcessOptions): Promise<HubProcess> {
  const child = fork(FILE, [JSON.stringify(options)], { stdio: ["ignore", "inherit", "inherit", "ipc"] })
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  const { url, cdn_url } = await new Promise<HubReady>((resolve, reject) => {
    child.once("message", (message) => resolve(message as HubReady))
    child.once("error", reject)
    child.once("exit", (code, signal) => reject(new Error(`The sample Hub ended while starting (${code ?? signal}).`)))
  })
  return {
    url,
    cdn_url,
    async stop() {
      child.kill("SIGTERM")
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS)
      await exited
      clearTimeout(timer)
    },
  }
}
