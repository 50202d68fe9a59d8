import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { Link } from "@tanstack/react-router"
import type { EpisodeFinding } from "../episode-findings.ts"
import { formatCount, formatMoment } from "../formatting.ts"
import type { Player } from "../playback/player.ts"
import { timeOf } from "../playback/window.ts"
import { addressOf } from "./dataset-link.tsx"
import { SectionHead } from "./section-head.tsx"
import { SeverityMark } from "./severity-mark.tsx"

const FRAMES_SHOWN = 20

interface Props {
  found: EpisodeFinding[]
  episode: number
  jobId: number
  /** Where more than one format was imported of the commit. */
  format: string | undefined
  dataset: DatasetInfo
  /** Null: there is no moment to go to. */
  player: Player | null
}

/** What the newest validation says about the episode, each with the frames it names. */
export function EpisodeFindings({ found, episode, jobId, format, dataset, player }: Props) {
  return (
    <section aria-labelledby="findings-title">
      <SectionHead id="findings-title" title="Findings" count={formatCount(found.length)}>
        <Link
          to="/$owner/$ref/validation"
          params={addressOf(dataset.source)}
          search={{ job: jobId, episode, ...(format !== undefined && { format }) }}
          className="small"
        >
          On the validation page
        </Link>
      </SectionHead>
      <ul className="panel found">
        {found.map(({ finding, frames, worstIn }, index) => (
          <li key={index}>
            <SeverityMark severity={finding.severity} />
            <div>
              <p>
                <span className="visually-hidden">{finding.severity}: </span>
                {worstIn !== null && <span className="soft">Worst in episode {formatCount(worstIn)}: </span>}
                {finding.message} <code className="soft">{finding.code}</code>
                {finding.where.feature !== undefined && <code className="soft"> {finding.where.feature}</code>}
              </p>
              {frames.length > 0 && (
                <p className="row found-frames">
                  {frames.slice(0, FRAMES_SHOWN).map((frame) => (
                    <FrameLink key={frame} frame={frame} player={player} />
                  ))}
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function FrameLink({ frame, player }: { frame: number; player: Player | null }) {
  if (!player || frame > player.last) return <span className="chip">frame {formatCount(frame)}</span>
  return (
    <button type="button" className="chip found-frame" onClick={() => player.seek(frame)}>
      frame {formatCount(frame)} · {formatMoment(timeOf(frame, player.fps))}
    </button>
  )
}
