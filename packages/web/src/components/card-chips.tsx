import type { SearchHit } from "../api/hub.ts"

/** Said by a chip of their own, or of no use to a person choosing. */
const SAID_ELSEWHERE = /^(?:license:|region:|library:|arxiv:|size_categories:|format:|modality:)/

/** Access first, since it decides whether an import can work; then what tells datasets apart. */
export function CardChips({ hit, tagsShown }: { hit: SearchHit; tagsShown: number }) {
  const tags = [...new Set(hit.tags)].filter((tag) => !SAID_ELSEWHERE.test(tag))
  const shown = tags.slice(0, tagsShown)
  return (
    <p className="hit-chips">
      {hit.private && <span className="chip chip-warn">private</span>}
      {hit.gated && <span className="chip chip-warn">gated</span>}
      {hit.lerobot_version !== null && <span className="chip">LeRobot {hit.lerobot_version}</span>}
      <span className="chip">{hit.licence ?? "licence not stated"}</span>
      {shown.map((tag, index) => (
        <span key={index} className="chip">
          {tag.replace(/^task_categories:/, "")}
        </span>
      ))}
      {tags.length > shown.length && <span className="small soft">+{tags.length - shown.length}</span>}
    </p>
  )
}
