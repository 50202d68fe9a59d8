// What the engine promises, without a database: the same commands on plain objects. It is compared with the rows after each.

/** The states a job may go to from each. Whatever else is seen is a bug, even if model and rows agree. */
export const LEGAL = {
  queued: ["running", "cancelled", "dead"],
  retry_wait: ["running", "cancelled", "dead"],
  running: ["queued", "retry_wait", "cancelling", "cancelled", "completed", "failed", "dead"],
  cancelling: ["cancelled"],
  completed: [],
  failed: ["queued"],
  cancelled: ["queued"],
  dead: ["queued"],
} as const satisfies Record<string, readonly string[]>
export type Detail = keyof typeof LEGAL

/** What may be in somebody's hands: a job, or a shard of one. */
export interface Unit {
  is_pending: boolean
  attempt: number
  tries: number
  crashes: number
  /** Who holds it; `expired` once the lease has run out. */
  held: Hold | undefined
  expired: boolean
  due: boolean
  waits: boolean
}
export interface Part extends Unit {
  stage: number
  ordinal: number
  weight: number
  is_done: boolean
}
export interface Job extends Unit {
  id: number
  params: string
  detail: Detail
  stage: number
  open: number
  progress: number
  done: number
  total: number
  parts: Part[]
}
/** A claim that was won; it stays in somebody's pocket long after it was lost. */
export interface Hold {
  job: Job
  part: Part | undefined
  tries: number
  crashes: number
}
export interface World {
  /** How many may be held at once. */
  cap: number | undefined
  jobs: Job[]
  /** Deleted with their dataset. */
  gone: Job[]
  /** Every claim that was ever won, stale ones included. */
  holds: Hold[]
}

const MAX_CRASHES = 3
const unit = (): Unit => ({
  is_pending: true,
  attempt: 0,
  tries: 0,
  crashes: 0,
  held: undefined,
  expired: false,
  due: true,
  waits: false,
})
export const newJob = (id: number, params: string): Job => ({
  ...unit(),
  id,
  params,
  detail: "queued",
  stage: 0,
  open: 0,
  progress: 0,
  done: 0,
  total: 0,
  parts: [],
})

export const isActive = ({ detail }: Job) => ["queued", "retry_wait", "running", "cancelling"].includes(detail)
/** A part is somebody's work while its job runs in its stage. */
export const isAlive = (job: Job, part: Part) =>
  job.detail === "running" && job.stage === part.stage && job.parts.includes(part)
export const partsAlive = (job: Job) => job.parts.filter((part) => isAlive(job, part))
export const heldIn = ({ jobs }: World) =>
  jobs.filter((job) => job.held).length + jobs.flatMap(partsAlive).filter((part) => part.held).length
const hasRoom = (world: World) => world.cap === undefined || heldIn(world) < world.cap
export const waitingIn = (world: World): Unit[] =>
  hasRoom(world) ? [...world.jobs, ...world.jobs.flatMap(partsAlive)].filter(({ waits }) => waits) : []

/** Due, and in nobody's living hands: the sweep must see to it that somebody hears of it. */
export const isUnattended = (one: Unit | Job) =>
  "detail" in one
    ? (one.is_pending && one.due) ||
      (one.detail === "running" && (one.held ? one.expired : one.open === 0 && one.stage > 0))
    : (one.is_pending && one.due) || (one.held !== undefined && one.expired)

export const holds = ({ jobs }: World, hold: Hold) =>
  jobs.includes(hold.job) &&
  hold.job.detail === "running" &&
  (hold.part ? isAlive(hold.job, hold.part) && hold.part.held === hold : hold.job.held === hold)

const free = (one: Unit) => Object.assign(one, { held: undefined, expired: false })

export function end(job: Job, detail: "completed" | "failed" | "cancelled" | "dead") {
  Object.assign(free(job), { detail, is_pending: false, waits: false })
  if (detail === "completed") job.progress = 100
}

/** Undefined when it is not to be had; it then may wait for room, or have died of it. */
export function claim(world: World, job: Job | undefined, part?: Part): Hold | undefined {
  if (!job || !world.jobs.includes(job) || (part && !isAlive(job, part))) return undefined
  const one = part ?? job
  const isGone = one.held !== undefined && one.expired && job.detail === "running"
  const isReady = !part && job.detail === "running" && !job.held && job.open === 0
  const isNext = (one.is_pending || isReady) && one.due
  const deaths = one.crashes + (one.held ? 1 : 0)
  if (((isNext && hasRoom(world)) || isGone) && deaths < MAX_CRASHES) {
    const hold: Hold = { job, part, tries: one.tries, crashes: deaths }
    Object.assign(one, { is_pending: false, attempt: one.attempt + 1, crashes: deaths, held: hold })
    Object.assign(one, { expired: false, waits: false })
    if (!part) Object.assign(job, { detail: "running", progress: job.stage === 0 ? 0 : job.progress })
    return hold
  }
  if (isNext && world.cap !== undefined) one.waits = true
  if (isGone) {
    end(job, "dead")
    if (!part) job.crashes = MAX_CRASHES
  }
  return undefined
}

export function putBack({ job, part }: Hold, detail: "queued" | "retry_wait", due: boolean) {
  const one = free(part ?? job)
  Object.assign(one, { is_pending: true, due })
  if (!part) Object.assign(job, { detail, progress: job.stage === 0 ? 0 : job.progress })
}

/** `tries_allowed`: the first included. */
export function fail(hold: Hold, tries_allowed: number) {
  if (hold.tries + 1 >= tries_allowed) return end(hold.job, "failed")
  ;(hold.part ?? hold.job).tries = hold.tries + 1
  putBack(hold, "retry_wait", false)
}

export function crash(hold: Hold) {
  if (hold.crashes + 1 >= MAX_CRASHES) {
    if (!hold.part) hold.job.crashes = MAX_CRASHES
    return end(hold.job, "dead")
  }
  ;(hold.part ?? hold.job).crashes = hold.crashes + 1
  putBack(hold, "retry_wait", false)
}

export function openStage({ job }: Hold, weights: number[]) {
  free(job)
  Object.assign(job, { stage: job.stage + 1, open: weights.length, tries: 0, crashes: 0, due: true })
  job.total += weights.reduce((sum, weight) => sum + weight, 0)
  weights.forEach((weight, ordinal) => {
    job.parts.push({ ...unit(), stage: job.stage, ordinal, weight, is_done: false })
  })
}

export function deliver(job: Job, part: Part) {
  Object.assign(free(part), { is_done: true })
  Object.assign(job, { open: job.open - 1, done: job.done + part.weight, due: true })
  job.progress = Math.max(job.progress, Math.min(99, Math.floor((100 * job.done) / job.total)))
}

export const reopen = (job: Job) =>
  Object.assign(job, newJob(job.id, job.params), { attempt: job.attempt, waits: job.waits })

/** Ends those that were asked to stop and whose worker died first; the parts of what has ended go. */
export function sweep({ jobs }: World) {
  for (const job of jobs) {
    if (job.detail === "cancelling" && job.expired) end(job, "cancelled")
    if (!isActive(job)) job.parts = []
  }
}
