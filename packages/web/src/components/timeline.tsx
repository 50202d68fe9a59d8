import type { CSSProperties } from "react"
import { type EpisodeFinding, worst } from "../episode-findings.ts"
import { formatMoment } from "../formatting.ts"
import type { Player } from "../playback/player.ts"
import { timeOf } from "../playback/window.ts"
import { SeverityMark } from "./severity-mark.tsx"
import { usePlayer } from "./use-player.ts"

/** Where in the episode it is, and where in it something was found. */
export function Timeline({ player, found }: { player: Player; found: EpisodeFinding[] }) {
  const frame = usePlayer(player, (of) => of.frame)
  const t = timeOf(frame, player.fps)
  return (
    <div className="timeline" style={placed(frame, player)}>
      <input
        type="range"
        aria-label="Moment"
        aria-valuetext={`${t.toFixed(2)} seconds, frame ${frame} of ${player.last}`}
        min={0}
        max={player.last}
        step={1}
        value={frame}
        onChange={(event) => player.seek(Number(event.target.value))}
      />
      {marksOf(found, player.length).map(({ at, findings }) => (
        <Mark key={at} at={at} findings={findings} player={player} />
      ))}
    </div>
  )
}

/** One mark a frame: what lies there together is read together. */
function marksOf(found: EpisodeFinding[], length: number) {
  const places = found.flatMap(({ finding, frames }) =>
    frames.filter((at) => at >= 0 && at < length).map((at) => ({ at, finding })),
  )
  return [...Map.groupBy(places, ({ at }) => at)].map(([at, of]) => ({
    at,
    findings: of.map(({ finding }) => finding),
  }))
}

interface MarkProps {
  at: number
  findings: EpisodeFinding["finding"][]
  player: Player
}

function Mark({ at, findings, player }: MarkProps) {
  const severity = worst(findings.map((each) => each.severity)) ?? "info"
  const moment = formatMoment(timeOf(at, player.fps))
  return (
    <button
      type="button"
      className="timeline-mark"
      style={placed(at, player)}
      aria-label={`${moment}, frame ${at}: ${findings.map((each) => `${each.severity}, ${each.message}`).join("; ")}`}
      onClick={() => player.seek(at)}
    >
      <SeverityMark severity={severity} />
      <span className="timeline-about" aria-hidden="true">
        <span className="soft">
          {moment} · frame {at}
        </span>
        {findings.map((each, index) => (
          <span key={index}>
            <SeverityMark severity={each.severity} /> {each.message}
          </span>
        ))}
      </span>
    </button>
  )
}

const placed = (frame: number, player: Player) =>
  ({ "--at": player.last > 0 ? frame / player.last : 0 }) as CSSProperties
