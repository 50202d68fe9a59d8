import { AsyncLocalStorage } from "node:async_hooks"
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js"
import postgres from "postgres"
import { config } from "../config.ts"
import { log } from "../log.ts"
import { isLostConnection, isOutdatedPlan } from "./failure.ts"

export * as Database from "./database.ts"

export type Db = PostgresJsDatabase
type Effect = () => unknown

/** API and worker alike; times the number of Lambdas it must stay below the server's `max_connections`. */
export const POOL = 2

const scope = new AsyncLocalStorage<{ tx: Db; effects: Effect[] }>()
let pool: { url: string; client: postgres.Sql; db: Db } | undefined

/** The transaction we are in, or else the pool, which connects at the first query. */
export const use = (): Db => scope.getStore()?.tx ?? (pool ??= open(config().DATABASE_URL)).db

/** Points everything at another database and closes the one before. Tests call it. */
export async function connectTo(url: string) {
  await close()
  pool = open(url)
}

/** Closes the pool; the next query opens another. */
export async function close() {
  const before = pool
  pool = undefined
  await before?.client.end({ timeout: 2 })
}

function open(url: string) {
  const client = postgres(url, {
    max: POOL,
    connect_timeout: 5,
    // Sockets of a frozen Lambda die unseen: give them back before that, and let the server forget the rest.
    idle_timeout: 20,
    max_lifetime: 300,
    onnotice: () => {},
    connection: {
      application_name: "robokit",
      // The app role has the same limits; they are here too for databases where we may not alter a role.
      statement_timeout: 5_000,
      lock_timeout: 2_000,
      idle_in_transaction_session_timeout: 10_000,
    },
  })
  return { url, client, db: drizzle(preparing(client)) }
}

/** More parameters than this are rows of one insert: its text is another for each number of rows, and kept for nothing. */
const MOST_PREPARED = 100

/**
 * Has what drizzle sends prepared, once a connection. Else the server reads and plans each statement anew, and the driver
 * asks for its types first: a round trip more (decision 0013).
 */
function preparing(client: postgres.Sql): postgres.Sql {
  const { begin } = prepared(client)
  return Object.assign(client, {
    begin: (body: (tx: postgres.TransactionSql) => unknown) => begin((tx) => body(prepared(tx))),
  })
}

function prepared<Client extends postgres.Sql | postgres.TransactionSql>(client: Client): Client {
  const { unsafe } = client
  client.unsafe = (text, parameters = [], options = {}) =>
    unsafe(text, parameters, { ...options, prepare: parameters.length <= MOST_PREPARED })
  return client
}

/**
 * A statement that drizzle builds once for a pool, not at every call, which takes longer than sending it: for the few that every
 * job goes through. What changes from call to call are placeholders; the few `args` (JSON) tell one statement from another.
 * Within a transaction, whose connection is its own, it is built each time.
 */
export function built<Args extends unknown[], Statement>(build: (...args: Args) => Statement) {
  const all = new WeakMap<Db, Record<string, Statement>>()
  return (...args: Args): Statement => {
    if (scope.getStore()) return build(...args)
    const db = use()
    const ofPool = all.get(db) ?? {}
    all.set(db, ofPool)
    return (ofPool[JSON.stringify(args)] ??= build(...args))
  }
}

/** Joins the transaction we are in, or opens one. Never wait for the network inside: it holds a connection and locks. */
export async function transaction<T>(body: () => Promise<T>): Promise<T> {
  if (scope.getStore()) return body()
  const { result, effects } = await retrying(async () => {
    const effects: Effect[] = []
    const result = await use().transaction((tx) => scope.run({ tx, effects }, body))
    return { result, effects }
  })
  for (const effect of effects) await settle(effect)
  return result
}

/** Runs now, or once the surrounding transaction has committed; never if it rolls back. */
export async function afterCommit(effect: Effect) {
  const current = scope.getStore()
  if (current) current.effects.push(effect)
  else await settle(effect)
}

/**
 * Tries once more, on a fresh connection, when the one at hand was lost, or knows tables as they were before a migration. For reads and for work that is refused the second time by a constraint
 * or a guard; inside a transaction only the whole of it can be tried again.
 */
export async function retrying<T>(work: () => Promise<T>): Promise<T> {
  if (scope.getStore()) return work()
  use()
  const before = pool
  try {
    return await work()
  } catch (error) {
    if (!isLostConnection(error) && !isOutdatedPlan(error)) throw error
    log().warn({ err: error }, "database connection lost or outdated, trying once more")
    // What ended one connection has mostly ended its neighbours, too, and they do not know it yet.
    if (before && pool === before) {
      pool = open(before.url)
      before.client.end({ timeout: 5 }).catch((late: unknown) => log().warn({ err: late }, "old pool"))
    }
    return work()
  }
}

// What was committed stays committed: a failed effect is logged, and the sweep does it again.
async function settle(effect: Effect) {
  try {
    await effect()
  } catch (error) {
    log().warn({ err: error }, "an effect after commit failed")
  }
}
