import postgres from "postgres"
import { CHILDREN, inChild } from "./children.ts"
import { openDatabases } from "./databases.ts"
import type { Tortured } from "./delivery/torture.ts"
import type { Figures, Scale } from "./figures.ts"
import { installWatch } from "./watch.ts"

/**
 * Jobs, one in ten of them in parts, over a queue that doubles, drops, delays and mixes up messages, by workers that die,
 * sleep until others have their job, and fail in passing: each must come to its end once, with every part counted once.
 */
export async function run({
  isShort = false,
  seeds = isShort ? 1 : 20,
  runs: jobs = isShort ? 150 : 2000,
  seed: first = Date.now() % 2 ** 31,
}: Scale): Promise<Figures> {
  const { urls, close } = await openDatabases(Math.min(CHILDREN, seeds))
  try {
    const left = Array.from({ length: seeds }, (_, at) => first + at)
    const all: Tortured[] = []
    const broken: string[] = []
    await Promise.all(
      urls.map(async (url) => {
        const sql = postgres(url, { max: 1, onnotice: () => {} })
        await installWatch(sql)
        await sql.end()
        for (let seed = left.shift(); seed !== undefined; seed = left.shift())
          await inChild<Tortured>({ what: "delivery", share: { url, seed, jobs } }).then(
            (seen) => all.push(seen),
            (error: Error) => broken.push(`seed ${seed}: ${error.message}`),
          )
      }),
    )
    return report(all, broken, jobs)
  } finally {
    await close()
  }
}

function report(all: Tortured[], broken: string[], jobs: number): Figures {
  const counts: Record<string, number> = {}
  for (const each of all)
    for (const [name, count] of Object.entries(each.counts)) counts[name] = (counts[name] ?? 0) + count
  return {
    figures: {
      seeds: all.length,
      "the first, to repeat it by --seed": Math.min(...all.map(({ seed }) => seed)),
      "jobs of a seed": jobs,
      "rounds of a seed, at most": Math.max(...all.map(({ rounds }) => rounds)),
      ...counts,
    },
    violations: [...broken, ...all.flatMap(({ seed, wrong }) => wrong.map((what) => `seed ${seed}: ${what}`))],
  }
}
