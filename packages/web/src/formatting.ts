// The reader's own language and conventions, without a choice to make.
const count = new Intl.NumberFormat()
const compact = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 })
const decimal = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 })
const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 2 })
const dollars = (digits: number) =>
  new Intl.NumberFormat(undefined, {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: 2,
    maximumFractionDigits: digits,
  })
const [coarsePrice, price] = [dollars(2), dollars(4)]
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" })
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" })
const instant = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" })

/** What stands where nothing is known. Never 0. */
export const UNKNOWN = "unknown"

export const formatCount = (value: number) => count.format(value)
export const formatCompact = (value: number) => (value < 10_000 ? count.format(value) : compact.format(value))
export const formatDecimal = (value: number) => decimal.format(value)
export const formatInstant = (iso: string) => instant.format(new Date(iso))

/** A share between 0 and 1; what is more than nothing never reads as 0 %. */
export function formatShare(part: number, whole: number): string | null {
  if (whole <= 0) return null
  const share = part / whole
  return share > 0 && share < 0.0001 ? `< ${percent.format(0.0001)}` : percent.format(share)
}

/** Dollars, below one to a hundredth of a cent; what is more than nothing never reads as $0. */
export function formatPrice(usd: number): string {
  if (usd >= 1) return coarsePrice.format(usd)
  return usd > 0 && usd < 0.0001 ? `< ${price.format(0.0001)}` : price.format(usd)
}

const BYTES = ["B", "kB", "MB", "GB", "TB", "PB"]

/** Decimal units, as the Hub shows them. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(BYTES.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  const digits = power === 0 || value >= 100 ? 0 : 1
  return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: digits }).format(value)} ${BYTES[power]}`
}

/** Seconds as `2 h 05 min`, `3 min 12 s` or `4.2 s`. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${decimal.format(Math.round(seconds * 10) / 10)} s`
  const whole = Math.round(seconds)
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  if (hours === 0) return `${minutes} min ${String(rest).padStart(2, "0")} s`
  return `${count.format(hours)} h ${String(minutes).padStart(2, "0")} min`
}

/** A moment of a recording as `0:03.40` or `1:02:03.40`. */
export function formatMoment(seconds: number): string {
  const hundredths = Math.round(seconds * 100)
  const [hours, minutes, rest] = [
    Math.floor(hundredths / 360_000),
    Math.floor(hundredths / 6000) % 60,
    (hundredths % 6000) / 100,
  ]
  const whole = hours === 0 ? `${minutes}` : `${hours}:${String(minutes).padStart(2, "0")}`
  return `${whole}:${rest.toFixed(2).padStart(5, "0")}`
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 30],
]

/** "3 minutes ago"; the date itself when that is a month away. */
export function formatAgo(iso: string, now = Date.now()): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return UNKNOWN
  let distance = (date.getTime() - now) / 1000
  for (const [unit, next] of STEPS) {
    if (Math.abs(distance) < next) return relative.format(Math.round(distance), unit)
    distance /= next
  }
  return day.format(date)
}

/** Long enough to tell commits apart, short enough to read out. */
export const shortSha = (sha: string) => sha.slice(0, 7)

/** `metadata_extraction` → "Metadata extraction", for what has no title of its own. */
export const spelled = (name: string) => {
  const words = name.replaceAll("_", " ")
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const ORDINALS = new Intl.PluralRules("en", { type: "ordinal" })
const ENDINGS: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" }

/** 1 → "1st". */
export const formatOrdinal = (n: number) => `${count.format(n)}${ENDINGS[ORDINALS.select(n)] ?? "th"}`

export const plural = (n: number, one: string, many = `${one}s`) => `${count.format(n)} ${n === 1 ? one : many}`
