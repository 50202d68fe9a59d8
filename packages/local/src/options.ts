import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

const ROOT = fileURLToPath(new URL("../../..", import.meta.url))
const LAST_PORT = 65_535

export const USAGE = `Usage: npm start -- [options]

  --hub-dir DIR    every folder in DIR is also a dataset of the sample Hub: local/<name>
  --port N         port of the portal (3000; the next one when taken)
  --api-port N     port of the API (8000; the next one when taken)
  --data-dir DIR   where everything is kept (.data); delete it to start afresh
  --help           this text

Settings: HF_ENDPOINT=https://huggingface.co for the real Hub, HF_TOKEN, DATABASE_URL for your own PostgreSQL,
PG_BIN for your own binaries. .env.example has them all.
`

export interface StartOptions {
  port: number
  api_port: number
  data_dir: string
  hub_dir?: string
}

/** What the user typed cannot be done; the message says why. */
export class UsageError extends Error {}

/** `undefined` when help is asked for. */
export function readOptions(args: string[]): StartOptions | undefined {
  const { values } = parse(args)
  if (values.help) return undefined
  return {
    port: portOf("--port", values.port),
    api_port: portOf("--api-port", values["api-port"]),
    data_dir: values["data-dir"] === undefined ? resolve(ROOT, ".data") : fromUser(values["data-dir"]),
    ...(values["hub-dir"] !== undefined && { hub_dir: folderOf("--hub-dir", values["hub-dir"]) }),
  }
}

/** What the environment says, as far as a start can tell that it cannot be meant. */
export function checkSettings({ HF_ENDPOINT, DATABASE_URL, PG_BIN }: NodeJS.ProcessEnv): void {
  if (HF_ENDPOINT && !/^https?:$/.test(schemeOf(HF_ENDPOINT)))
    throw new UsageError(`HF_ENDPOINT is a Hub's address such as https://huggingface.co, not "${HF_ENDPOINT}".`)
  // Not repeated: there may be a password in it.
  if (DATABASE_URL && !/^postgres(ql)?:$/.test(schemeOf(DATABASE_URL)))
    throw new UsageError("DATABASE_URL is an address such as postgres://user:password@host:5432/name; this is not one.")
  if (
    PG_BIN &&
    !["initdb", "postgres"].some((name) => existsSync(join(PG_BIN, name)) || existsSync(join(PG_BIN, `${name}.exe`)))
  )
    throw new UsageError(`PG_BIN is the folder with PostgreSQL's initdb and postgres; ${PG_BIN} has neither.`)
}

export function makeDataFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true })
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(`${path} cannot be the data folder (${code}). Choose one that can be written with --data-dir.`)
  }
}

const schemeOf = (url: string) => (URL.canParse(url) ? new URL(url).protocol : "")

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        "hub-dir": { type: "string" },
        port: { type: "string", default: "3000" },
        "api-port": { type: "string", default: "8000" },
        "data-dir": { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function portOf(flag: string, text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= LAST_PORT) return port
  throw new UsageError(`${flag} takes a port from 1 to ${LAST_PORT}, not "${text}".`)
}

function folderOf(flag: string, text: string): string {
  const path = fromUser(text)
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`${flag}: there is no folder ${path}.`)
  try {
    accessSync(path, constants.R_OK | constants.X_OK)
  } catch {
    throw new UsageError(`${flag}: RoboKit may not read the folder ${path}.`)
  }
  return path
}

/** npm runs scripts at the root of the project and keeps in INIT_CWD where the user stood. */
const fromUser = (path: string) => resolve(process.env.INIT_CWD ?? process.cwd(), path)
