import { useEffect, useRef } from "react"
import type { Player } from "../playback/player.ts"

interface Verbs {
  previous: () => void
  next: () => void
  help: () => void
}

/** The keys of the page, wherever the focus is, as long as it is not where one writes or chooses. */
export function useEpisodeKeys(player: Player, verbs: Verbs) {
  const latest = useRef(verbs)
  useEffect(() => {
    latest.current = verbs
  })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      const { target } = event
      const element = target instanceof Element ? target : document.body
      if (element.closest("dialog, select, textarea, input:not([type=range])")) return
      const second = Math.max(1, Math.round(player.fps))
      const keys: Record<string, () => void> = {
        ArrowLeft: () => player.step(event.shiftKey ? -second : -1),
        ArrowRight: () => player.step(event.shiftKey ? second : 1),
        Home: () => player.seek(0),
        End: () => player.seek(player.last),
        "[": latest.current.previous,
        "]": latest.current.next,
        "?": latest.current.help,
        // A focused button or link takes the space bar for itself.
        ...(element.closest("button, a, summary") ? {} : { " ": () => player.toggle() }),
      }
      const verb = keys[event.key]
      if (!verb) return
      event.preventDefault()
      verb()
    }
    document.addEventListener("keydown", onKeyDown)
    return () => document.removeEventListener("keydown", onKeyDown)
  }, [player])
}
