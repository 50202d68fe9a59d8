// A process of its own for one share of a simulation, so that several cores are used. Told in argv: which, and with what.
import "./mended.ts"
import { Database } from "@robokit/core/db/database"
import type { Torture } from "./delivery/torture.ts"
import type { Share } from "./model/sequences.ts"

export type Task =
  | { what: "model"; share: Share }
  | { what: "interleave"; share: Share }
  | { what: "delivery"; share: Torture }

async function carryOut(task: Task): Promise<unknown> {
  if (task.what === "model") return (await import("./model/sequences.ts")).runSequences(task.share)
  if (task.what === "interleave") return (await import("./interleave.ts")).interleave(task.share)
  return (await import("./delivery/torture.ts")).torture(task.share)
}

const task = JSON.parse(process.argv[2]!) as Task
await Database.connectTo(task.share.url)
const seen = await carryOut(task)
process.stdout.write(JSON.stringify(seen ?? null))
// What a simulated death left behind never ends by itself.
process.exit(0)
