import type { Badge } from "./badge.ts"

const HEIGHT = 20
const PADDING = 6
/** Widths of Verdana at 11 px, of what a badge can say; others take the widest. */
const WIDTHS: Record<string, number> = Object.fromEntries(
  [
    ["ijl· ", 3.9],
    ["ftrI", 4.8],
    ["cszkvxy", 6.1],
    ["abdeghnopqu0123456789", 6.9],
    ["BKR", 7.6],
    ["mwM", 10.7],
  ].flatMap(([letters, width]) => [...(letters as string)].map((letter) => [letter, width as number])),
)
const WIDEST = 10.7

const widthOf = (text: string) => Math.ceil([...text].reduce((sum, letter) => sum + (WIDTHS[letter] ?? WIDEST), 0))

const xml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")

/** A flat badge that a screen reader reads, and that needs no font, script or style from elsewhere. */
export function badgeSvg({ label, message, colour }: Badge): string {
  const left = widthOf(label) + 2 * PADDING
  const right = widthOf(message) + 2 * PADDING
  const title = xml(`${label}: ${message}`)
  const text = (content: string, from: number, width: number) => {
    const at = `x="${from + width / 2}" textLength="${width - 2 * PADDING}"`
    // The shadow keeps the letters legible on every colour.
    return `<text ${at} y="15" fill="#010101" fill-opacity=".3" aria-hidden="true">${xml(content)}</text><text ${at} y="14">${xml(content)}</text>`
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="${HEIGHT}" role="img" aria-label="${title}">`,
    `<title>${title}</title>`,
    `<clipPath id="r"><rect width="${left + right}" height="${HEIGHT}" rx="3"/></clipPath>`,
    `<g clip-path="url(#r)"><rect width="${left}" height="${HEIGHT}" fill="#444c56"/><rect x="${left}" width="${right}" height="${HEIGHT}" fill="${colour}"/></g>`,
    `<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">`,
    text(label, 0, left),
    text(message, left, right),
    "</g></svg>\n",
  ].join("")
}
