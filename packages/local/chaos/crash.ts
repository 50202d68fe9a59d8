import postgres from "postgres"
import { type Death, dieAt, type Place } from "./crash/mortal.ts"
import { type Scenario, SCENARIOS } from "./crash/scenarios.ts"
import { openWorld, type World } from "./world.ts"
import { openDatabases } from "./databases.ts"
import type { Figures, Scale } from "./figures.ts"
import { limitTo } from "./model/sequences.ts"
import { installWatch } from "./watch.ts"

/** The short form dies at every fifth place only. */
const STRIDE = 5

/**
 * A process that dies before and after each of its statements, commits, messages and objects, in everything that
 * changes jobs: whatever comes after must bring each job to its end with one effect, and leave nothing behind.
 */
export async function run({ isShort = false }: Scale): Promise<Figures> {
  const { urls, close } = await openDatabases(1)
  const sql = postgres(urls[0]!, { max: 1, onnotice: () => {} })
  const figures: Figures["figures"] = {}
  const found: string[] = []
  try {
    await installWatch(sql)
    const world = openWorld(sql)
    for (const [name, scenario] of Object.entries<Scenario>(SCENARIOS)) {
      let deaths = 0
      for (let at = isShort ? Object.keys(figures).length % STRIDE : 0; ; at += isShort ? STRIDE : 1) {
        const place: Place = { step: at >> 1, when: at % 2 === 0 ? "before" : "after" }
        const { death, wrong } = await die(world, scenario, place)
        found.push(...wrong.map((what) => `${name}, died ${place.when} step ${place.step} (${death?.what}): ${what}`))
        if (!death) break
        deaths++
      }
      figures[name] = `${deaths} deaths`
    }
  } finally {
    limitTo(undefined)
    await sql.end({ timeout: 2 })
    await close()
  }
  return { figures, violations: found }
}

async function die(world: World, scenario: Scenario, place: Place): Promise<{ death: Death; wrong: string[] }> {
  await world.empty()
  const { act, after } = await scenario.prepare(world)
  const death = await dieAt(place, act)
  await world.heal()
  try {
    await after?.()
    return { death, wrong: await world.wrong() }
  } catch (error) {
    return { death, wrong: [String(error), ...(await world.wrong())] }
  } finally {
    limitTo(undefined)
  }
}
