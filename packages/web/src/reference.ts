/** What somebody typed where a dataset is asked for. */
export type Reference =
  | { kind: "dataset"; repo_id: string; revision: string | null }
  | { kind: "refused"; reason: string }
  | { kind: "words"; words: string }

const NAME = /^[A-Za-z0-9_][\w.-]{0,95}$/
const HUB_HOSTS = ["huggingface.co", "www.huggingface.co", "hf.co"]
/** Pages of a repository whose next part names a revision. */
const AT_REVISION = ["tree", "blob", "resolve", "raw", "commit", "commits", "blame", "edit"]

/** Reads `owner/name[@revision]` or a Hub's address; anything else is words to search for. Whether it exists, the API says. */
export function parseReference(input: string, endpoint?: string): Reference {
  const text = input.trim()
  if (/^https?:\/\//i.test(text)) return fromUrl(text, endpoint)
  const scheme = /^hf:\/\//i.exec(text)
  // `huggingface.co/datasets/…` is what an address bar gives when its scheme is hidden.
  const host = text.slice(0, text.indexOf("/")).toLowerCase()
  if (!scheme && HUB_HOSTS.includes(host)) return fromUrl(`https://${text}`, endpoint)
  const isPrefixed = scheme !== null || text.startsWith("datasets/")
  return fromShorthand(scheme ? text.slice(scheme[0].length) : text, isPrefixed) ?? { kind: "words", words: text }
}

function fromShorthand(text: string, isPrefixed: boolean): Reference | undefined {
  const rest = isPrefixed ? text.replace(/^datasets\//, "") : text
  const at = rest.indexOf("@")
  const repo = at < 0 ? rest : rest.slice(0, at)
  const [owner = "", name = "", ...path] = repo.replace(/\/$/, "").split("/")
  if (!NAME.test(owner) || !NAME.test(name) || (path.length > 0 && !isPrefixed)) return undefined
  if (at < 0) return dataset(owner, name, null)
  const revision = decode(rest.slice(at + 1))
  if (/\s/.test(revision)) return undefined
  return dataset(owner, name, isPrefixed ? revisionOf(rest.slice(at + 1).split("/")) : revision)
}

function fromUrl(text: string, endpoint: string | undefined): Reference {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url) return { kind: "refused", reason: "That is not a complete address." }
  const isHub = HUB_HOSTS.includes(url.hostname) || (endpoint !== undefined && url.host === new URL(endpoint).host)
  if (!isHub) return { kind: "refused", reason: `${url.host} is not the Hub in use, nor the Hugging Face Hub.` }
  const parts = url.pathname.split("/").filter((part) => part !== "")
  if (parts[0] === "api") parts.shift()
  if (parts[0] !== "datasets") {
    return { kind: "refused", reason: "That address is not a dataset’s: those begin with /datasets/owner/name." }
  }
  const [owner = "", name = "", page = "", ...rest] = parts.slice(1).map((part) => part)
  if (!NAME.test(owner) || !NAME.test(name)) {
    return { kind: "refused", reason: "That address names no dataset: it has to contain /datasets/owner/name." }
  }
  const isAtRevision = (AT_REVISION.includes(page) || page === "revision") && rest.length > 0
  return dataset(owner, name, isAtRevision ? revisionOf(rest) : null)
}

/** A branch's slash is `%2F` in an address, except that the Hub itself writes `refs/pr/1` and `refs/convert/x` plainly. */
function revisionOf(parts: string[]): string {
  const isRef = parts[0] === "refs" && parts.length >= 3
  return decode(isRef ? parts.slice(0, 3).join("/") : (parts[0] ?? ""))
}

const dataset = (owner: string, name: string, revision: string | null): Reference => ({
  kind: "dataset",
  repo_id: `${owner}/${name}`,
  revision: revision === "" ? null : revision,
})

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A stray percent sign is part of the name, then.
    return text
  }
}
