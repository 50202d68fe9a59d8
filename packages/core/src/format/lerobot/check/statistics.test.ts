import { existsSync, readdirSync } from "node:fs"
import { expect, test } from "vitest"
import { sharedData } from "../../../../test/shared-data.ts"
import { folderFiles } from "../../../files/folder.ts"
import { QUANTILES, statisticsOf } from "../../../numeric/statistics.ts"
import { passOver } from "./assess.ts"
import { readFacts } from "./facts.ts"
import type { Rules } from "./rule.ts"
import { RuleRunner } from "./runner.ts"
import { scopeOf } from "./scope.ts"

/** Deviations of what is stored from what is recomputed, in the units of their tolerances. */
interface Worst {
  values: number
  /** Of the extremes, which are exact in float32. */
  extremes: number
  /** Of the largest absolute value of its dimension. */
  mean: number
  /** Of its square. */
  variance: number
  /** Of the range, after a millionth of the largest absolute value. */
  quantile: number
}

const { signal } = new AbortController()

async function worstOf(root: string): Promise<Worst> {
  const worst: Worst = { values: 0, extremes: 0, mean: 0, variance: 0, quantile: 0 }
  const rules: Rules = {
    PROBE: {
      on: "episode_values",
      title: "",
      severity: "info",
      kind: "characteristic",
      cost: "wide",
      versions: "all",
      why: "",
      reference: null,
      check({ stored, values, feature, of }, _, { info }) {
        const dtype = info.parsed.features.find(({ key }) => key === feature)?.dtype ?? ""
        const width = stored?.min?.length
        if (!stored?.min || !stored.max || !stored.mean || !stored.std || width === undefined) return
        const { rows, min, max, mean, variance, quantiles, finite } = statisticsOf(values, width, true)
        expect(of.record).not.toBeNull()
        worst.values += rows * width
        for (let at = 0; at < width; at++) {
          const scale = Math.max(Math.abs(min[at]!), Math.abs(max[at]!))
          if (!finite[at] || scale === 0) continue
          const note = (name: keyof Worst, deviation: number) => (worst[name] = Math.max(worst[name], deviation))
          note("extremes", Math.abs(Math.fround(stored.min[at]!) - Math.fround(min[at]!)))
          note("extremes", Math.abs(Math.fround(stored.max[at]!) - Math.fround(max[at]!)))
          note("mean", Math.abs(stored.mean[at]! - mean[at]!) / scale)
          // lerobot 0.4 and 0.5 square short integers in their own type (lerobot#3682).
          if (!/^u?int(?:8|16|32)$/.test(dtype)) {
            note("variance", Math.abs(stored.std[at]! ** 2 - variance[at]!) / scale ** 2)
          }
          for (const [each, [name]] of QUANTILES.entries()) {
            const beyond = Math.abs((stored[name]?.[at] ?? NaN) - quantiles![at * 5 + each]!) - 1e-6 * scale - 1e-9
            if (beyond > 0) note("quantile", beyond / (max[at]! - min[at]!))
          }
        }
      },
    },
  }
  const files = await folderFiles(root)
  const parts = new Set(["info", "episodes", "stats", "episode_stats"] as const)
  const ctx = { repo_id: "a/b", revision: "0".repeat(40), files, card: { licence: null, tags: [] }, signal }
  const facts = await readFacts({ ...ctx, progress: () => {}, parts, keepsStats: "all" })
  const runner = new RuleRunner(rules, facts, "full")
  await facts.readEpisodeStats(() => {})
  await passOver(scopeOf(facts, "full", null), {
    files,
    facts,
    runner,
    depth: "full",
    isWanted: () => true,
    signal,
    progress: () => {},
  })
  for (const [, error] of runner.failures) throw error
  return worst
}

const roots = ["lerobot-made", "lerobot"]
  .map((name) => sharedData(name))
  .filter((root) => existsSync(root))
  .flatMap((root) => readdirSync(root, { withFileTypes: true }).map((each) => ({ root, each })))
  .filter(({ each }) => each.isDirectory())
  .map(({ root, each }) => ({ name: each.name, path: `${root}/${each.name}` }))
  .filter(({ path }) => existsSync(`${path}/meta/info.json`))

test.skipIf(roots.length === 0)(
  "recomputed statistics agree with those that lerobot 0.3.3, 0.4.4 and 0.6.1, its converters and other recorders stored",
  { timeout: 60_000 },
  async ({ annotate }) => {
    const all: (Worst & { name: string })[] = []
    for (const { name, path } of roots) all.push({ name, ...(await worstOf(path)) })
    const compared = all.filter(({ values }) => values > 0)
    const most = (key: keyof Worst) => Math.max(...compared.map((each) => each[key]))
    await annotate(
      `${compared.length} datasets, ${compared.reduce((sum, { values }) => sum + values, 0)} values; worst: mean ${most("mean")}, variance ${most("variance")}, quantile ${most("quantile")}`,
    )
    expect(compared.length).toBeGreaterThanOrEqual(16)
    for (const { name, extremes, mean, variance, quantile } of compared) {
      expect.soft(extremes, name).toBe(0)
      expect.soft(mean, name).toBeLessThanOrEqual(1e-5)
      expect.soft(variance, name).toBeLessThanOrEqual(2e-5)
      expect.soft(quantile, name).toBeLessThanOrEqual(5e-4)
    }
  },
)
