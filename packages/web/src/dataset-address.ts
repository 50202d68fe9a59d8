const SHA = /^[0-9a-f]{40}$/
export const isSha = (revision: string) => SHA.test(revision)

/** `name` or `name@revision`, as the portal's addresses have it. A dataset's name holds no `@`. */
export function splitRef(ref: string): { name: string; revision: string | null } {
  const at = ref.indexOf("@")
  return at < 0 ? { name: ref, revision: null } : { name: ref.slice(0, at), revision: ref.slice(at + 1) || null }
}

/** Which import of the commit is shown, where it was imported as more than one format; the newest when absent. */
export interface DatasetSearch {
  format?: string
}

export const readDatasetSearch = ({ format }: Record<string, unknown>): DatasetSearch =>
  typeof format === "string" && format !== "" ? { format } : {}

/** The commit on the Hub, or a folder of it. The sample Hub has no pages, so there it is the list of files. */
export function hubAddress(endpoint: string, repoId: string, revision: string, isSample: boolean, folder = ""): string {
  const encoded = (path: string) => path.split("/").map(encodeURIComponent).join("/")
  const below = folder === "" ? "" : `/${encoded(folder)}`
  return `${endpoint}${isSample ? "/api" : ""}/datasets/${encoded(repoId)}/tree/${encodeURIComponent(revision)}${below}`
}
