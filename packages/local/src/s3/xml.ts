const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
const ENTITIES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }

export const escapeXml = (text: string) => text.replace(/[<>&"'\r\n\t]/g, (each) => `&#${each.charCodeAt(0)};`)

const unescapeXml = (text: string) =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (all, hex, decimal, name) => {
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal)
    if (hex || decimal) return code <= 0x10ffff ? String.fromCodePoint(code) : all
    return ENTITIES[name] ?? all
  })

/** One element; an array repeats it, an object nests, `undefined` leaves it out. */
export type Xml = string | number | boolean | undefined | Xml[] | { [name: string]: Xml }

function element(name: string, value: Xml): string {
  if (value === undefined) return ""
  if (Array.isArray(value)) return value.map((each) => element(name, each)).join("")
  if (typeof value !== "object") return `<${name}>${escapeXml(String(value))}</${name}>`
  return `<${name}>${Object.entries(value)
    .map(([child, each]) => element(child, each))
    .join("")}</${name}>`
}

export const document = (root: string, children: { [name: string]: Xml }, namespace = true) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, children).replace(
    `<${root}>`,
    namespace ? `<${root} xmlns="${NAMESPACE}">` : `<${root}>`,
  )}`

/** The texts of every `<tag>` in a request. The three documents S3 takes here are flat enough for it. */
export const textsOf = (xml: string, tag: string): string[] =>
  [...xml.matchAll(new RegExp(`<${tag}>([^<]*)</${tag}>`, "g"))].map((each) => unescapeXml(each[1]!))
