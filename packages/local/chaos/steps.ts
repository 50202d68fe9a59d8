import { AsyncLocalStorage } from "node:async_hooks"
import { Database } from "@robokit/core/db/database"
import { Queue } from "@robokit/core/job/queue"
import { Storage } from "@robokit/core/job/storage"
import type { catchMessages, keepObjects } from "@robokit/core/test/engine"
import type postgres from "postgres"

/** Decides when, and whether, what somebody does to the world outside happens. */
export interface Actor {
  /** A statement, a message, an object. A rejection inside a transaction rolls it back. */
  step<T>(what: string, work: () => Promise<T>, in_transaction?: boolean): Promise<T>
  /** Everything between begin and commit, both included. */
  transaction<T>(work: () => Promise<T>): Promise<T>
}

const acting = new AsyncLocalStorage<Actor>()

/** Everything `body` does, also later, is a step of this actor. */
export const asActor = <T>(actor: Actor, body: () => T): T => acting.run(actor, body)

/** A step of whoever acts, be it nobody. */
export const step = <T>(what: string, work: () => Promise<T>): Promise<T> =>
  acting.getStore()?.step(what, work) ?? work()

type Unsafe = postgres.Sql["unsafe"]

/** What the driver gives: a statement that is sent once somebody waits for it, in rows or as bare values. */
function byStep(unsafe: Unsafe, in_transaction: boolean): Unsafe {
  const gated = (...statement: Parameters<Unsafe>) => {
    const actor = acting.getStore()
    // The driver's own "begin" comes this way, too; nothing is to be seen of it.
    if (!actor || "onexecute" in (statement[2] ?? {})) return unsafe(...statement)
    const send = (asValues: boolean) =>
      actor.step(
        statement[0],
        async () => {
          const query = unsafe(...statement)
          return asValues ? query.values() : query
        },
        in_transaction,
      )
    return {
      values: () => send(true),
      // oxlint-disable-next-line unicorn/no-thenable -- it stands in for one
      then: (...handlers: Parameters<Promise<unknown>["then"]>) => send(false).then(...handlers),
    }
  }
  return gated as unknown as Unsafe
}

/** Gates the pool that is connected now, and the simulated queue and storage. What no actor does goes straight through. */
export function gate(queue: ReturnType<typeof catchMessages>, objects: ReturnType<typeof keepObjects>) {
  const { $client: client } = Database.use() as unknown as { $client: postgres.Sql }
  const begin = client.begin.bind(client) as <T>(body: (tx: postgres.TransactionSql) => Promise<T>) => Promise<T>
  client.unsafe = byStep(client.unsafe.bind(client), false)
  client.begin = (async <T>(body: (tx: postgres.TransactionSql) => Promise<T>) => {
    const actor = acting.getStore()
    if (!actor) return begin(body)
    return actor.transaction(() =>
      begin(async (tx) => {
        tx.unsafe = byStep(tx.unsafe.bind(tx), true)
        const result = await body(tx)
        await actor.step("commit", async () => {}, true)
        return result
      }),
    )
  }) as typeof client.begin

  Queue.deliverWith((wake) => step(`send to ${wake.to}`, async () => void queue.sent.push(wake)))
  Storage.storeWith({
    put: (key, body) => step(`put ${key}`, async () => void objects.set(key, body)),
    removeAll: (prefix) =>
      step(`remove ${prefix}`, async () => {
        for (const key of objects.keys()) if (key.startsWith(prefix)) objects.delete(key)
      }),
    sign: async (key) => `https://signed.test/${key}`,
  })
}
