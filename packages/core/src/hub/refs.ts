import { z } from "zod"
import type { Usage } from "../files/files.ts"
import type { Refs } from "../format/schema.ts"
import { apiAddress } from "./address.ts"
import { requestJson } from "./json.ts"
import { PERSON_PATIENCE } from "./request.ts"

const MAX_VERSIONS = 100

const Ref = z.object({ name: z.string(), targetCommit: z.string() })
const Answer = z.object({ branches: z.array(Ref), tags: z.array(Ref) })

/** Every branch and tag of a repository with its commit, in one request. */
export async function allRefs(repo_id: string, usage: Usage = { requests: 0, bytes: 0, files: 0 }) {
  const options = { subject: { repo_id }, usage, patience: PERSON_PATIENCE }
  const { data } = await requestJson(apiAddress(repo_id, ["refs"]), Answer, options)
  const named = (all: z.output<typeof Ref>[]) => all.map(({ name, targetCommit }) => ({ name, commit: targetCommit }))
  return { branches: named(data.branches), tags: named(data.tags) }
}

/** Where `main` and the versions of a repository are now. */
export async function refs(repo_id: string, usage: Usage): Promise<Refs> {
  const read_at = new Date().toISOString()
  const { branches, tags } = await allRefs(repo_id, usage)
  return {
    read_at,
    main: branches.find(({ name }) => name === "main")?.commit ?? null,
    versions: [...branches, ...tags].filter(({ name }) => /^v?\d.{0,62}$/i.test(name)).slice(0, MAX_VERSIONS),
  }
}
