import { DataFolderInUse, lockDataFolder } from "./data-lock.ts"
import { checkSettings, makeDataFolder, readOptions, type StartOptions, USAGE, UsageError } from "./options.ts"
import { type Line, startStack } from "./stack.ts"

const BAD_USAGE = 2
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const

process.exit(await main(process.argv.slice(2)))

async function main(args: string[]): Promise<number> {
  try {
    const options = readOptions(args)
    if (options) return await run(options)
    process.stdout.write(USAGE)
    return 0
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${USAGE}`)
      return BAD_USAGE
    }
    console.error(error instanceof DataFolderInUse ? error.message : error)
    return 1
  }
}

async function run(options: StartOptions): Promise<number> {
  // From the first moment, so that Ctrl-C while starting leaves nothing behind either. A second one changes nothing:
  // stopping takes no longer than a moment.
  const ended = new Promise<void>((resolve) => {
    for (const signal of SIGNALS) process.on(signal, () => resolve())
  })
  checkSettings(process.env)
  makeDataFolder(options.data_dir)
  const lock = lockDataFolder(options.data_dir)
  try {
    const stack = await startStack(options, (line) => console.log(line))
    try {
      lock.announce(stack.lines[0]!.url)
      console.log(banner(stack.lines))
      await ended
    } finally {
      await stack.stop()
    }
  } finally {
    lock.release()
  }
  return 0
}

function banner(lines: Line[]): string {
  const width = Math.max(...lines.map((each) => each.name.length))
  const rows = lines.map(({ name, url, note }) => `  ${name.padEnd(width)}  ${url}${note ? `  (${note})` : ""}`)
  return `\n${rows.join("\n")}\n\nReady in ${process.uptime().toFixed(1)} s. Press Ctrl-C to stop.`
}
