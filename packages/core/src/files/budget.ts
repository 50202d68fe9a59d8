import { AppError } from "../error.ts"
import type { Usage } from "./files.ts"

/** Holds the bytes of one `Files` to their limit, those included that other reads were promised but do not have yet. */
export class Budget {
  readonly #usage: Usage
  readonly #limit: number
  #promised = 0

  constructor(usage: Usage, limit = Number.POSITIVE_INFINITY) {
    this.#usage = usage
    this.#limit = limit
  }

  /** Runs a read of `bytes`. `onBytes` is to be told what has come, after `usage` was; it throws once that is too much. */
  async within<T>(path: string, bytes: number, read: (onBytes: (came: number) => void) => Promise<T>): Promise<T> {
    if (this.#usage.bytes + this.#promised + bytes > this.#limit) throw this.#exceeded(path)
    let open = bytes
    this.#promised += open
    try {
      return await read((came) => {
        const kept = Math.min(open, came)
        open -= kept
        this.#promised -= kept
        // More than was promised comes when an attempt failed halfway and starts again.
        if (this.#usage.bytes + this.#promised > this.#limit) throw this.#exceeded(path)
      })
    } finally {
      this.#promised -= open
    }
  }

  #exceeded(path: string): AppError {
    const what = path || "the list of files"
    return new AppError("budget_exceeded", `Reading ${what} would take this job over its ${this.#limit} bytes.`, {
      path: path || undefined,
    })
  }
}
