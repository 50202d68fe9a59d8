import { type Actor, asActor } from "../steps.ts"

class Died extends Error {}
const never = <T>() => new Promise<T>(() => {})

/** One place to die at: before the n-th step does anything, or after it did all and before anybody knows. */
export interface Place {
  step: number
  when: "before" | "after"
}

/** Where it died, or undefined: it came to its end first. */
export type Death = { what: string; when: Place["when"] } | undefined

/**
 * Runs `body` as a process that dies at `place`. Nothing that it does later happens, and nobody hears of it again: what
 * it was waiting for never comes, and a transaction it was in rolls back, as when its connection is gone.
 */
export async function dieAt({ step: fatal, when }: Place, body: () => Promise<unknown>): Promise<Death> {
  let steps = 0
  let death: Death
  const open = new Set<Promise<unknown>>()
  let report!: () => void
  const died = new Promise<void>((resolve) => (report = resolve))
  const stop = <T>(in_transaction: boolean): Promise<T> => {
    report()
    return in_transaction ? Promise.reject(new Died()) : never()
  }
  const actor: Actor = {
    async step(what, work, in_transaction = false) {
      if (death) return stop(in_transaction)
      const isFatal = steps++ === fatal
      if (isFatal && when === "before") {
        death = { what, when }
        return stop(in_transaction)
      }
      const result = await work()
      if (isFatal) death = { what, when }
      return death ? stop(in_transaction) : result
    },
    async transaction(work) {
      const all = work()
      open.add(all)
      try {
        const result = await all
        // Committed, and dead before the answer came.
        if (!death && steps++ === fatal) death = { what: "committed", when }
        return death ? await stop(false) : result
      } catch (error) {
        if (death) return await never()
        throw error
      } finally {
        open.delete(all)
      }
    },
  }
  await Promise.race([asActor(actor, body), died])
  await Promise.allSettled(open)
  return death
}
