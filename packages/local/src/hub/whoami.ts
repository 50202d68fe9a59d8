import { requireEnabled, requireGranted, requireUser } from "./access.ts"
import { type Call, sendJson } from "./call.ts"
import type { SampleRepo } from "./repo.ts"
import { repoKey } from "./resolve.ts"

/** `/api/whoami-v2` */
export function whoami(call: Call): void {
  const user = requireUser(call.user)
  const person = (name: string) => ({ id: repoKey(name), name, fullname: name, avatarUrl: "/avatars/sample.svg" })
  sendJson(call, {
    type: "user",
    ...person(user.name),
    email: null,
    emailVerified: false,
    canPay: false,
    isPro: false,
    periodEnd: null,
    orgs: (user.orgs ?? []).map((name) => ({ type: "org", ...person(name), roleInOrg: "read" })),
    auth: {
      type: "access_token",
      accessToken: { displayName: "sample", role: "read", createdAt: "2026-01-01T00:00:00.000Z" },
    },
  })
}

/** `/api/datasets/{id}/auth-check`: 200 when the caller may read the files, else the refusal that reading them gets. */
export function authCheck(call: Call, repo: SampleRepo): void {
  requireEnabled(repo)
  requireGranted(call.user, repo)
  sendJson(call, {})
}
