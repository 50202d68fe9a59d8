import { z } from "zod"
import { AppError } from "../error.ts"
import { apiAddress } from "../hub/address.ts"
import { hubError } from "../hub/failure.ts"
import { nextPage, requestJson } from "../hub/json.ts"
import { JOB_PATIENCE, type Patience } from "../hub/request.ts"
import { Blocks } from "./blocks.ts"
import { Budget } from "./budget.ts"
import type { FileEntry, Files, Usage } from "./files.ts"
import { RemoteFile } from "./remote-file.ts"

export interface HubFilesOptions {
  /** Reading more than this ends in `budget_exceeded`. */
  budget_bytes?: number
  signal?: AbortSignal
  /** Counters to add to; a new set when absent. */
  usage?: Usage
  patience?: Patience
}

const RemoteEntry = z.object({
  type: z.literal("file"),
  path: z.string().min(1).max(4096),
  oid: z.string().optional(),
  size: z.int().nonnegative(),
  lfs: z.object({ oid: z.string().optional(), size: z.int().nonnegative() }).nullish(),
})
/** `unknown` is what the Hub calls a submodule: nothing that could be read. */
const Tree = z.array(
  z.discriminatedUnion("type", [
    RemoteEntry,
    z.object({ type: z.enum(["directory", "unknown"]), path: z.string().min(1).max(4096) }),
  ]),
)

/** A dataset's tree on the Hub at one commit and no other. Reads are ranges; nothing is fetched that was not asked for. */
export function hubFiles(at: { repo_id: string; revision: string }, options: HubFilesOptions = {}): Files {
  const usage = options.usage ?? { requests: 0, bytes: 0, files: 0 }
  const patience = options.patience ?? JOB_PATIENCE
  const blocks = new Blocks()
  const budget = new Budget(usage, options.budget_bytes)
  const touched = new Set<string>()
  const open = new Map<string, RemoteFile>()
  const { repo_id, revision } = at
  const common = { usage, patience, subject: at }

  const source = {
    ...common,
    repo_id,
    revision,
    blocks,
    budget,
    signal: options.signal,
    touch(path: string) {
      if (touched.has(path)) return
      touched.add(path)
      usage.files++
    },
  }

  async function* pages(path: string, recursive: boolean, signal = options.signal) {
    // The folder's path is several segments; each is encoded by itself.
    const tail = ["tree", revision, ...path.split("/").filter(Boolean)]
    let url: URL | undefined = apiAddress(repo_id, tail, { recursive: String(recursive), expand: "false" })
    const seen = new Set<string>()
    while (url) {
      // Counted up to where it would come round again: such a list has no end.
      if (seen.has(url.href)) throw hubError("hub_bad_answer", "The Hub's list of files leads back to itself.")
      seen.add(url.href)
      const page = await pageOf(url, path, signal)
      if (!page) return
      yield page.data
      url = nextPage(page.answer)
    }
  }

  /** Undefined when there is no such folder. The root is there whenever the commit is. */
  async function pageOf(url: URL, path: string, signal: AbortSignal | undefined) {
    const subject = { ...at, path: path || undefined }
    try {
      return await budget.within("", 0, (onBytes) => requestJson(url, Tree, { ...common, subject, signal, onBytes }))
    } catch (error) {
      if (path !== "" && error instanceof AppError && error.code === "file_missing") return undefined
      throw error
    }
  }

  return {
    usage,

    async *list(prefix = "", signal) {
      for await (const page of pages(prefix, true, signal)) {
        for (const entry of page) if (entry.type === "file") yield toEntry(entry)
      }
    },

    async folder(path = "") {
      const files: FileEntry[] = []
      const folders: string[] = []
      for await (const page of pages(path, false)) {
        for (const entry of page) {
          if (entry.type === "file") files.push(toEntry(entry))
          else if (entry.type === "directory") folders.push(entry.path)
        }
      }
      return { files, folders }
    },

    async stat(paths) {
      if (paths.length === 0) return new Map()
      const { data } = await budget.within("", 0, (onBytes) =>
        requestJson(apiAddress(repo_id, ["paths-info", revision]), Tree, {
          ...common,
          method: "POST",
          json: { paths, expand: false },
          signal: options.signal,
          onBytes,
        }),
      )
      return new Map(data.flatMap((entry) => (entry.type === "file" ? [[entry.path, toEntry(entry)] as const] : [])))
    },

    open(file) {
      const known = open.get(file.path)
      if (known) return known
      const remote = new RemoteFile(file, source)
      open.set(file.path, remote)
      return remote
    },
  }
}

const toEntry = ({ path, size, oid, lfs }: z.output<typeof RemoteEntry>): FileEntry => ({
  path,
  size: lfs?.size ?? size,
  oid: lfs?.oid ?? oid ?? null,
  lfs: Boolean(lfs),
})
