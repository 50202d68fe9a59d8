import type { IncomingMessage } from "node:http"
import { Refusal } from "./refusal.ts"
import type { SampleRepo } from "./repo.ts"

/** Whom a token belongs to. */
export interface SampleUser {
  name: string
  orgs?: string[]
  /** Gated repositories of others this user was let into; `*` is all of them. */
  gated?: string[]
}

/** Token (`hf_…`) → user. */
export type Tokens = Readonly<Record<string, SampleUser>>

/** Tokens of the bundled Hub: one that opens its private and gated repositories, one that opens nothing. */
export const SAMPLE_TOKENS: Tokens = {
  hf_sampleOwner: { name: "observabot", gated: ["*"] },
  hf_sampleVisitor: { name: "visitor" },
}

const ANONYMOUS_REFUSED = "Invalid username or password."

/** The user of the bearer token, null without one. A token the Hub does not know is refused whatever is asked. */
export function authenticate(req: IncomingMessage, tokens: Tokens): SampleUser | null {
  const header = req.headers.authorization
  if (header === undefined) return null
  const token = /^Bearer (\S+)$/i.exec(header)?.[1]
  if (token === undefined || !Object.hasOwn(tokens, token)) {
    throw new Refusal(401, "Invalid credentials in Authorization header")
  }
  return tokens[token]!
}

export function requireUser(user: SampleUser | null): SampleUser {
  if (!user) throw new Refusal(401, ANONYMOUS_REFUSED)
  return user
}

const owns = (user: SampleUser | null, repo: SampleRepo) => {
  const owner = repo.id.split("/")[0]!
  return user !== null && (user.name === owner || (user.orgs ?? []).includes(owner))
}

export const mayList = (user: SampleUser | null, repo: SampleRepo) => !repo.private || owns(user, repo)

/** Missing and private look alike: 401 to the anonymous, 404 to a token. */
export function requireVisible(user: SampleUser | null, repo: SampleRepo | undefined): SampleRepo {
  if (repo && mayList(user, repo)) return repo
  throw user ? new Refusal(404, "Repository not found", "RepoNotFound") : new Refusal(401, ANONYMOUS_REFUSED)
}

export function requireEnabled(repo: SampleRepo): void {
  if (repo.disabled) throw new Refusal(403, "Access to this resource is disabled.")
}

/** Gated repositories show their card and keep everything that comes from git. */
export function requireGranted(user: SampleUser | null, repo: SampleRepo): void {
  if (!repo.gated || owns(user, repo)) return
  const granted = user?.gated ?? []
  if (granted.includes("*") || granted.includes(repo.id)) return
  throw user
    ? new Refusal(
        403,
        `Access to dataset ${repo.id} is restricted and you are not in the authorized list. Visit the dataset's page to ask for access.`,
        "GatedRepo",
      )
    : new Refusal(
        401,
        `Access to dataset ${repo.id} is restricted. You must have access to it and be authenticated to access it. Please log in.`,
        "GatedRepo",
      )
}
