export * as Metric from "./metric.ts"

/** Every number the engine tells of itself, with its unit (`reliability.md` J29). What each means is in docs/operations.md; a test compares the names. */
export const METRICS = {
  QueueTimeMs: "Milliseconds",
  RunTimeMs: "Milliseconds",
  Attempts: "Count",
  LeaseExpiries: "Count",
  FencedWrites: "Count",
  RetriesByCode: "Count",
  BytesRead: "Bytes",
  CostPerGB: "None",
  OutboxLagMs: "Milliseconds",
  OldestPendingAgeMs: "Milliseconds",
  DeadLetters: "Count",
} as const

export type Name = keyof typeof METRICS

/** What a number is told apart by. Each pair of values costs its own metric, so there must be few of them: never an id. */
export interface Dimensions {
  job_type?: string
  code?: string
}

export interface Measure {
  name: Name
  /** In the unit of `METRICS`. */
  value: number
  dimensions: Dimensions
}

type Listener = (measure: Measure) => void

let listener: Listener | undefined

/** Tells whoever listens; without a listener it costs nothing. */
export const tell = (name: Name, value: number, dimensions: Dimensions = {}) => listener?.({ name, value, dimensions })

/** Whether it is worth asking the database for a number. */
export const isHeard = () => listener !== undefined

/** The one seam to where metrics go. Without an argument: nowhere. */
export const tellTo = (next?: Listener) => void (listener = next)
