import { AsyncLocalStorage } from "node:async_hooks"
import { type Logger, pino } from "pino"

export * as Log from "./log.ts"

type Ids = Record<string, string | number>

const scope = new AsyncLocalStorage<Ids>()
let root: Logger | undefined

/**
 * One JSON line an event, with the ids of the request or job at hand. `LOG_LEVEL` is read here and not through
 * `config()`: a log must work where no other setting does.
 */
export const log = (): Logger =>
  (root ??= pino(
    {
      level: process.env.LOG_LEVEL || "info",
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      mixin: () => ({ ...scope.getStore() }),
      redact: ["*.authorization", "*.token", "*.HF_TOKEN"],
      serializers: { err: pino.stdSerializers.errWithCause },
    },
    // At once: the last line of a thread or a process that is ended is the one that will be looked for.
    pino.destination({ dest: 1, sync: true }),
  ))

/** Everything logged inside `body` carries these ids too (`request_id`, `job_id`, `attempt`, `tenant_id`). */
export const withIds = <T>(ids: Ids, body: () => T): T => scope.run({ ...scope.getStore(), ...ids }, body)

export const ids = (): Ids => scope.getStore() ?? {}
