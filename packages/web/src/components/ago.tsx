import { formatAgo, formatInstant, UNKNOWN } from "../formatting.ts"

/** An instant as people say it; exactly, when asked. */
export const Ago = ({ at }: { at: string | null }) =>
  at === null || Number.isNaN(Date.parse(at)) ? (
    <span className="soft">{UNKNOWN}</span>
  ) : (
    <time dateTime={at} title={formatInstant(at)}>
      {formatAgo(at)}
    </time>
  )
