import { type ChildProcess, fork } from "node:child_process"

/** Several processes of one file that all do the same step at the same time. */
export interface Crew {
  /** Tells everybody, and gives what each reported. */
  all<Told>(step: object): Promise<Told[]>
  stop(): void
}

/** Forks `size` processes of `file`, each told its number and `input`, and waits until each has said that it is ready. */
export async function gather(file: URL, size: number, input: object, env: Record<string, string>): Promise<Crew> {
  const crew = Array.from({ length: size }, (_, number) =>
    fork(file, [JSON.stringify({ ...input, number })], {
      // What a worker logs is written, as it is in production, and read by nobody.
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: { PATH: process.env.PATH, TZ: ":UTC", ...env },
    }),
  )
  const stop = () => crew.forEach((each) => each.kill("SIGKILL"))
  try {
    await Promise.all(crew.map(nextWord))
  } catch (error) {
    stop()
    throw error
  }
  return {
    all<Told>(step: object) {
      return Promise.all(
        crew.map((each) => {
          const told = nextWord<Told>(each)
          each.send(step)
          return told
        }),
      )
    },
    stop,
  }
}

const nextWord = <Told>(child: ChildProcess) =>
  new Promise<Told>((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null) =>
      reject(new Error(`a process of the bench ended: ${code ?? signal}`))
    child.once("exit", onExit)
    child.once("message", (word: Told) => {
      child.off("exit", onExit)
      resolve(word)
    })
  })
