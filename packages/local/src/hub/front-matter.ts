/** Keys of a dataset card that become `key:value` tags; `tags` become tags as they are. */
const KEYS = new Set(["license", "language", "task_categories", "task_ids", "size_categories", "tags"])

/**
 * Tags from the front matter of a dataset card: scalars, `[a, b]` and `- a` lists of the keys above. Anything else YAML
 * can say is passed over; a sample folder's card has no more.
 */
export function cardTags(readme: string): string[] {
  const block = /^---\r?\n([\s\S]*?)\r?\n---/.exec(readme)?.[1]
  if (block === undefined) return []
  const tags: string[] = []
  let key = ""
  const add = (text: string) => {
    const value = text.trim().replace(/^(["'])(.*)\1$/, "$2")
    if (KEYS.has(key) && /^[^\s,:[\]{}#&*!|>'"%@`]([^,]{0,95})$/.test(value))
      tags.push(key === "tags" ? value : `${key}:${value}`)
  }
  for (const line of block.split(/\r?\n/)) {
    const item = /^\s*- (.*)$/.exec(line)
    const pair = /^([a-z_]+):\s*(.*)$/.exec(line)
    if (item) add(item[1]!)
    if (!pair) continue
    key = pair[1]!
    const list = /^\[(.*)\]$/.exec(pair[2]!.trim())
    if (list) list[1]!.split(",").forEach(add)
    else if (pair[2] !== "") add(pair[2]!)
  }
  return tags
}
