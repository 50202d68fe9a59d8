/** What a process of the crew is told to do, and what it tells. */
export type Step = { phase: "start" | "run"; jobs: number }

export interface Phase {
  /** Milliseconds since 1970 of the first and the last of them. */
  from: number
  to: number
  /** Milliseconds that each job took, where that can be told. */
  each: number[]
}

export const now = () => performance.timeOrigin + performance.now()

/** Does `jobs` pieces of work, `lanes` at once, and says how long it took. */
export async function inLanes(jobs: number, lanes: number, work: () => Promise<unknown>): Promise<Phase> {
  const from = now()
  const each: number[] = []
  let left = jobs
  const lane = async () => {
    while (left-- > 0) {
      const began = now()
      await work()
      each.push(now() - began)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return { from, to: now(), each }
}

/** Says that it is ready, and does each step that it is told. */
export function serveSteps(work: (step: Step) => Promise<Phase>) {
  process.on("disconnect", () => process.exit(0))
  process.on("message", async (step: Step) => process.send!(await work(step)))
  process.send!("ready")
}
