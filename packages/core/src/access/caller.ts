import { AsyncLocalStorage } from "node:async_hooks"
import { config } from "../config.ts"

export * as Caller from "./caller.ts"

/**
 * Whom a request or a job is done for. `operator` presented the key, or is the product itself at work on what the
 * operator asked for. Accounts will make this an object with a tenant and scopes; it is asked about here only.
 */
export type Caller = "anonymous" | "operator"

const scope = new AsyncLocalStorage<Caller>()

/** Everything inside `body`, also what it starts and does not wait for, is done for `caller`. */
export const as = <T>(caller: Caller, body: () => T): T => scope.run(caller, body)

/**
 * Whether the server's own Hub token may be used and what is private may be shown. Where a key is set, whoever did not
 * present it is anonymous: code that forgets to say for whom it works gets less, never more. Without a key everybody who
 * reaches this process is its operator.
 */
export const isOperator = (): boolean => config().OPERATOR_KEY === undefined || scope.getStore() === "operator"
