import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useRouter } from "@tanstack/react-router"
import { useEffect, useState } from "react"
import { asMoment } from "../episode-search.ts"
import type { Player } from "../playback/player.ts"
import { addressOf } from "./dataset-link.tsx"
import { CheckIcon, CopyIcon } from "./icons.tsx"

const SHOWN_MS = 2000

interface Props {
  player: Player
  dataset: DatasetInfo
  episode: number
  format: string | undefined
}

/** An address that leads to this very frame of this very commit. */
export function CopyMoment({ player, dataset, episode, format }: Props) {
  const router = useRouter()
  const [copied, setCopied] = useState<string | null>(null)
  useEffect(() => {
    if (copied === null) return
    const timer = setTimeout(() => setCopied(null), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = async () => {
    const { href } = router.buildLocation({
      to: "/$owner/$ref/episodes/$episode",
      params: { ...addressOf(dataset.source), episode: String(episode) },
      search: { ...(format !== undefined && { format }), t: asMoment(player.t) },
    })
    try {
      await navigator.clipboard.writeText(new URL(href, location.href).href)
      setCopied("Copied")
    } catch {
      // Not allowed here (no https, or refused); the address bar has it in a moment.
      setCopied("Copy it from the address bar")
    }
  }
  return (
    <button type="button" className="button button-small" onClick={copy} title="Copy the link to this moment">
      {copied === "Copied" ? <CheckIcon /> : <CopyIcon />}
      <span role="status">{copied ?? ""}</span>
      {copied === null && <span className="transport-word">Link to this moment</span>}
    </button>
  )
}
