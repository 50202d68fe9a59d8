/** An answer that ends the call early: status, `X-Error-Code`, `X-Error-Message` and further headers as the Hub sends them. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string | null
  readonly headers: Record<string, string>

  constructor(status: number, message: string, code: string | null = null, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

export const badRequest = (message: string) => new Refusal(400, message)

export const revisionNotFound = (rev: string) => new Refusal(404, `Invalid rev id: ${rev}`, "RevisionNotFound")

export const entryNotFound = (path: string, commit: string) =>
  new Refusal(404, `${path} does not exist on this revision`, "EntryNotFound", { "x-repo-commit": commit })
