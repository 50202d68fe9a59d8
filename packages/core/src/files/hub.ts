import { z } from "zod"
import { AppError } from "../error.ts"
import { apiAddress } from "../hub/address.ts"
import { nextPage, requestJson } from "../hub/json.ts"
import { JOB_PATIENCE, type Patience } from "../hub/request.ts"
import { Blocks } from "./blocks.ts"
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

const TreeEntry = z.object({
  type: z.enum(["file", "directory"]),
  path: z.string().min(1).max(1024),
  oid: z.string().optional(),
  size: z.int().nonnegative().catch(0),
  lfs: z.object({ oid: z.string().optional(), size: z.int().nonnegative() }).nullish(),
})
const Tree = z.array(TreeEntry)

/** A dataset's tree on the Hub at one commit and no other. Reads are ranges; nothing is fetched that was not asked for. */
export function hubFiles(at: { repo_id: string; revision: string }, options: HubFilesOptions = {}): Files {
  const usage = options.usage ?? { requests: 0, bytes: 0, files: 0 }
  const patience = options.patience ?? JOB_PATIENCE
  const blocks = new Blocks()
  const touched = new Set<string>()
  const open = new Map<string, RemoteFile>()
  const { repo_id, revision } = at
  const common = { usage, patience, subject: at }

  const source = {
    ...common,
    repo_id,
    revision,
    blocks,
    signal: options.signal,
    spend(path: string, bytes: number) {
      if (usage.bytes + bytes > (options.budget_bytes ?? Number.POSITIVE_INFINITY)) {
        throw new AppError(
          "budget_exceeded",
          `Reading ${path} would take this job over its ${options.budget_bytes} bytes.`,
          { path },
        )
      }
      touched.add(path)
      usage.files = touched.size
    },
  }

  async function* pages(path: string, recursive: boolean, signal = options.signal) {
    // The folder's path is several segments; each is encoded by itself.
    const tail = ["tree", revision, ...path.split("/").filter(Boolean)]
    let url: URL | undefined = apiAddress(repo_id, tail, { recursive: String(recursive), expand: "false" })
    while (url) {
      const page: Awaited<ReturnType<typeof requestJson<typeof Tree>>> = await requestJson(url, Tree, {
        ...common,
        subject: { ...at, path: path || undefined },
        signal,
      })
      yield page.data
      url = nextPage(page.answer)
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
          else folders.push(entry.path)
        }
      }
      return { files, folders }
    },

    async stat(paths) {
      if (paths.length === 0) return new Map()
      const { data } = await requestJson(apiAddress(repo_id, ["paths-info", revision]), Tree, {
        ...common,
        method: "POST",
        json: { paths, expand: false },
        signal: options.signal,
      })
      return new Map(data.filter(({ type }) => type === "file").map((entry) => [entry.path, toEntry(entry)]))
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

const toEntry = ({ path, size, oid, lfs }: z.output<typeof TreeEntry>): FileEntry => ({
  path,
  size: lfs?.size ?? size,
  oid: lfs?.oid ?? oid ?? null,
  lfs: Boolean(lfs),
})
