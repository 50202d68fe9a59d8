import { type ChildProcess, fork } from "node:child_process"
import { randomUUID } from "node:crypto"
import { fileURLToPath, pathToFileURL } from "node:url"
import { InvokeError, type Invocation, type Report } from "./protocol.ts"

const ENVIRONMENT = fileURLToPath(new URL("environment.ts", import.meta.url))
const INIT_MS = 30_000
const MOST_WAITING = 1000
/** What the garbage-collected heap may take of the memory; the rest is for buffers and the program itself. */
const HEAP_SHARE = 0.9

export interface FunctionOptions {
  name: string
  /** The bundle, the very file that deploys. */
  file: string
  handler?: string
  timeout_s: number
  memory_mb: number
  /** Most environments at once. Further invocations wait. */
  concurrency: number
  env: Record<string, string>
}

/** A Lambda function on this machine. */
export class LocalFunction {
  readonly name: string
  /** Environments started so far. */
  coldStarts = 0
  readonly #options: FunctionOptions
  readonly #all = new Set<ChildProcess>()
  readonly #idle: ChildProcess[] = []
  readonly #waiting: (() => void)[] = []
  #busy = 0
  #stopped = false

  constructor(options: FunctionOptions) {
    this.name = options.name
    this.#options = options
  }

  /** The handler's result. Throws InvokeError when it threw, ran out of time or memory, or ended its process. */
  async invoke(event: unknown): Promise<unknown> {
    if (this.#busy >= this.#options.concurrency) {
      if (this.#waiting.length >= MOST_WAITING) throw new InvokeError("TooManyRequestsException", "Rate Exceeded.")
      // Whoever ends hands its place on, so the count stays.
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#busy++
    try {
      if (this.#stopped) throw this.#ended("", `${this.name} is stopped`)
      const environment = this.#idle.pop() ?? (await this.#start())
      const result = await this.#run(environment, event)
      return result
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#busy--
    }
  }

  /** Ends every environment at once, as a power cut would: what they were doing is for others to pick up. */
  async stop() {
    this.#stopped = true
    await Promise.all([...this.#all].map(kill))
  }

  #ended(name: string, message: string) {
    return new InvokeError(this.#stopped ? "Sandbox.Stopped" : name, message)
  }

  async #start(): Promise<ChildProcess> {
    this.coldStarts++
    const { file, handler, memory_mb, env } = this.#options
    const child = fork(ENVIRONMENT, [pathToFileURL(file).href, handler ?? "handler"], {
      execArgv: ["--enable-source-maps", `--max-old-space-size=${Math.floor(memory_mb * HEAP_SHARE)}`],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: {
        ...env,
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        AWS_LAMBDA_FUNCTION_NAME: this.name,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory_mb),
        LAMBDA_TASK_ROOT: fileURLToPath(new URL(".", pathToFileURL(file))),
        TZ: ":UTC",
      },
    })
    this.#all.add(child)
    child.once("exit", () => {
      this.#all.delete(child)
      const at = this.#idle.indexOf(child)
      if (at >= 0) this.#idle.splice(at, 1)
    })
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        void kill(child)
        reject(new InvokeError("Sandbox.Timedout", `${this.name} did not initialise in ${INIT_MS / 1000} s`))
      }, INIT_MS)
      child.once("message", () => (clearTimeout(timer), resolve()))
      child.once("error", (error) => (clearTimeout(timer), reject(error)))
      child.once("exit", (code, signal) => {
        clearTimeout(timer)
        reject(this.#ended("Runtime.InitError", `${this.name} ended while it initialised: ${code ?? signal}`))
      })
    })
    return child
  }

  #run(child: ChildProcess, event: unknown): Promise<unknown> {
    const { timeout_s, memory_mb } = this.#options
    const id = randomUUID()
    const invocation: Invocation = {
      id,
      event,
      deadline: Date.now() + timeout_s * 1000,
      context: {
        awsRequestId: id,
        functionName: this.name,
        functionVersion: "$LATEST",
        memoryLimitInMB: String(memory_mb),
        invokedFunctionArn: `arn:aws:lambda:local:000000000000:function:${this.name}`,
        logGroupName: `/aws/lambda/${this.name}`,
        logStreamName: String(child.pid),
      },
    }
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer)
        child.off("message", onReport)
        child.off("exit", onExit)
      }
      const onReport = (report: Report) => {
        if (report.type === "ready" || report.id !== id) return
        settle()
        this.#idle.push(child)
        if (report.type === "result") resolve(report.result)
        else reject(new InvokeError(report.name, report.message, report.stack))
      }
      const onExit = (code: number | null, signal: string | null) => {
        settle()
        reject(this.#ended("Runtime.ExitError", `${this.name} ended: ${code ?? signal}`))
      }
      const timer = setTimeout(() => {
        settle()
        void kill(child)
        reject(new InvokeError("Sandbox.Timedout", `${this.name} timed out after ${timeout_s} s`))
      }, timeout_s * 1000)
      child.on("message", onReport)
      child.once("exit", onExit)
      // Its failure is an exit, which is heard above.
      child.send(invocation, () => {})
    })
  }
}

const kill = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once("exit", () => resolve())
    child.kill("SIGKILL")
  })
