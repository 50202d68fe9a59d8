import { z } from "zod"
import { follow, isEndpoint } from "./address.ts"
import { hubError } from "./failure.ts"
import { type Answer, request, type RequestOptions } from "./request.ts"

const MAX_JSON = 10 * 1024 * 1024
const MAX_HOPS = 5

type JsonOptions = Omit<RequestOptions, "max_bytes" | "check">

/**
 * A JSON answer of the Hub's API, checked against a schema. A renamed repository redirects; that is followed inside the
 * Hub's own hosts, each hop a counted request.
 */
export async function requestJson<T extends z.ZodType>(
  address: URL,
  schema: T,
  options: JsonOptions,
): Promise<{ data: z.output<T>; answer: Answer }> {
  let url = address
  for (let hop = 0; hop <= MAX_HOPS; hop++) {
    const answer = await request(url, { ...options, max_bytes: MAX_JSON, check: mustBeJson })
    if (answer.status < 300) return { data: parse(answer, schema), answer }
    url = follow(answer.headers.get("location"), url)
  }
  throw hubError("hub_bad_answer", `The Hub redirected more than ${MAX_HOPS} times.`)
}

function mustBeJson({ status, headers }: { status: number; headers: Headers }) {
  if (status >= 300) return
  if (/^application\/(?:[\w.+-]+\+)?json/i.test(headers.get("content-type") ?? "")) return
  throw hubError("hub_bad_answer", "The Hub answered with something that is not JSON.")
}

function parse<T extends z.ZodType>({ body }: Answer, schema: T): z.output<T> {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body))
  } catch (cause) {
    throw hubError("hub_bad_answer", "The Hub answered with JSON that does not parse.", { cause })
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw hubError(
    "hub_bad_answer",
    `The Hub's answer has an unexpected shape at ${issue!.path.join(".") || "its root"}.`,
    {
      cause: parsed.error,
    },
  )
}

/** The next page of a list, from RFC 8288 `Link`, if there is one; the Hub's own lists stay on the Hub. */
export function nextPage({ headers, url }: Answer): URL | undefined {
  const next = /<([^>]+)>\s*;\s*rel="next"/.exec(headers.get("link") ?? "")?.[1]
  if (next === undefined) return undefined
  const address = follow(next, url)
  if (isEndpoint(address)) return address
  throw hubError("hub_bad_answer", "The next page of the Hub's list is not on the Hub.")
}

/** The Hub's tags and card as a dataset row keeps them. */
export const cardOf = ({ tags = [], cardData }: { tags?: string[] | undefined; cardData?: unknown }) => {
  const declared = (cardData as { license?: unknown } | null | undefined)?.license
  const tag = tags.find((each) => each.startsWith("license:"))?.slice("license:".length)
  const licence =
    typeof declared === "string"
      ? declared
      : Array.isArray(declared)
        ? declared.filter((each) => typeof each === "string").join(", ")
        : tag
  return { licence: licence || null, tags: tags.slice(0, 200).map((each) => each.slice(0, 200)) }
}

export const Gated = z.union([z.boolean(), z.string()]).optional()
export const isGated = (gated: z.output<typeof Gated>) => gated !== undefined && gated !== false
