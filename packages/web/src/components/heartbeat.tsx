import { useEffect, useState } from "react"
import { formatDuration, formatInstant } from "../formatting.ts"

const TICK_MS = 1000

/** How long ago the worker was last heard from, counting on between two answers of the server. */
export function Heartbeat({ at }: { at: string }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  // The server's clock may be ahead of ours.
  const seconds = Math.max(0, Math.floor((now - Date.parse(at)) / 1000))
  return (
    <p className="small soft job-aside">
      Heard from{" "}
      <time dateTime={at} title={formatInstant(at)}>
        {formatDuration(seconds)}
      </time>{" "}
      ago
    </p>
  )
}
