// `npm run halt -- "why"` and `npm run halt -- --resume`: the one switch that stops everything that would begin. In the
// database of DATABASE_URL, or of the RoboKit that runs on this machine (`--data-dir` when it is not `.data`).
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { Database } from "../packages/core/src/db/database.ts"
import { halt, resume } from "../packages/core/src/usage/halt.ts"
import { addressOf } from "../packages/local/src/postgres.ts"
import { readServerFile } from "../packages/local/src/postgres-folder.ts"

const USAGE = 'Usage: npm run halt -- "why" | npm run halt -- --resume, each with --data-dir DIR when it is not .data'
const MAX_BYTES = 500

const { resumes, reason, url } = wish()
try {
  await Database.connectTo(url)
  if (resumes) console.log((await resume()) ? "Work begins again." : "Nothing was halted.")
  else {
    await halt(reason)
    console.log("Halted: nothing begins any more. What is under way ends by itself, within five minutes.")
  }
} finally {
  await Database.close()
}

function wish() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { resume: { type: "boolean", default: false }, "data-dir": { type: "string" } },
    })
    const reason = positionals.join(" ").trim()
    const isReason = reason !== "" && Buffer.byteLength(reason) <= MAX_BYTES
    if (values.resume ? reason !== "" : !isReason) throw new Error(`The reason has 1 to ${MAX_BYTES} bytes.`)
    return { resumes: values.resume, reason, url: process.env.DATABASE_URL || running(values["data-dir"]) }
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`)
    process.exit(2)
  }
}

/** npm runs scripts at the root of the project and keeps in INIT_CWD where the user stood. */
function running(folder) {
  const data = folder === undefined ? resolve(".data") : resolve(process.env.INIT_CWD ?? process.cwd(), folder)
  const server = readServerFile(join(data, "pg"))
  if (server) return addressOf(server.port)
  throw new Error(`No RoboKit runs on ${data}, and DATABASE_URL is not set.`)
}
