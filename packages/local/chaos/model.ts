import postgres from "postgres"
import { CHILDREN, inChild } from "./children.ts"
import { openDatabases } from "./databases.ts"
import type { Figures, Scale } from "./figures.ts"
import type { Sequences } from "./model/sequences.ts"
import { installWatch } from "./watch.ts"

/** Of so many sequences there is one interleaving: it costs as much as ten of them. */
const SEQUENCES_OF_ONE = 10

/**
 * Random sequences of everything that can be done to jobs, compared with a model after each command; and random
 * interleavings, statement by statement, of several who want something of the same job.
 */
export async function run({
  isShort = false,
  runs = isShort ? 300 : 10_000,
  seed = Date.now() % 2 ** 31,
}: Scale): Promise<Figures> {
  const children = isShort ? 1 : CHILDREN
  const { urls, close } = await openDatabases(children)
  const violations: string[] = []
  const share = (all: number) => Math.ceil(all / children)
  const tell = (error: unknown) =>
    void violations.push(String((error as { stderr?: string }).stderr ?? error).slice(0, 4000))
  const seen: Sequences = { sequences: 0, commands: 0, ends: 0, in_parts: 0 }
  try {
    await Promise.all(
      urls.map(async (url, at) => {
        const of = { url, seed: seed + at }
        const found = await inChild<Sequences>({ what: "model", share: { ...of, runs: share(runs) } }).catch(tell)
        for (const name of Object.keys(seen) as (keyof Sequences)[]) seen[name] += found?.[name] ?? 0
        const sql = postgres(url, { max: 1, onnotice: () => {} })
        await installWatch(sql)
        await sql.end()
        const interleavings = share(runs / SEQUENCES_OF_ONE)
        await inChild({ what: "interleave", share: { ...of, runs: interleavings } }).catch(tell)
      }),
    )
  } finally {
    await close()
  }
  const figures = {
    "seed, to repeat it by --seed": seed,
    sequences: seen.sequences,
    commands: seen.commands,
    "jobs that ended": seen.ends,
    "sequences with parts done": seen.in_parts,
    interleavings: share(runs / SEQUENCES_OF_ONE) * children,
  }
  return { figures, violations }
}
