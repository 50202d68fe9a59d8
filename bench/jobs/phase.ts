/** What a process of the crew is told to do, and what it tells. */
export type Step = { phase: "start" | "run"; jobs: number }

export interface Phase {
  /** Milliseconds since 1970 of the first and the last of them. */
  from: number
  to: number
  /** Milliseconds that each job took, where that can be told. */
  each: number[]
  /** Processor time of the process, of all its threads. */
  cpu_ms: number
}

const cpuSince = (before: NodeJS.CpuUsage) => {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

export type Span = Omit<Phase, "cpu_ms">

export const now = () => performance.timeOrigin + performance.now()

/** Does `jobs` pieces of work, `lanes` at once, and says how long it took. */
export async function inLanes(jobs: number, lanes: number, work: () => Promise<unknown>): Promise<Span> {
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
export function serveSteps(work: (step: Step) => Promise<Span>) {
  process.on("disconnect", () => process.exit(0))
  process.on("message", async (step: Step) => {
    const before = process.cpuUsage()
    const span = await work(step)
    process.send!({ ...span, cpu_ms: cpuSince(before) } satisfies Phase)
  })
  process.send!("ready")
}
