import { useNavigate } from "@tanstack/react-router"
import { useEffect, useRef } from "react"
import { asMoment, type EpisodeSearch } from "../episode-search.ts"
import type { Player } from "../playback/player.ts"
import { frameAt } from "../playback/window.ts"

/** Browsers allow an address to change some hundred times in half a minute; a person reads it less often. */
const PLAYING_MS = 1000
const RESTING_MS = 250

/** Keeps the moment in the address, and goes to one that is put there. */
export function useMoment(player: Player, { t, frame }: EpisodeSearch) {
  const navigate = useNavigate({ from: "/$owner/$ref/episodes/$episode" })
  /** The moment the address has by us. */
  const written = useRef<number | undefined>(undefined)

  useEffect(() => {
    const wanted =
      frame ?? (t === undefined || t === written.current ? undefined : frameAt(t, player.fps, player.length))
    written.current = t
    if (wanted !== undefined && wanted !== player.frame) player.seek(wanted)
  }, [player, t, frame])

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let last = player.frame
    const write = () => {
      timer = undefined
      const moment = asMoment(player.t)
      if (moment === written.current) return
      written.current = moment
      const search = ({ frame: _frame, ...before }: EpisodeSearch) => ({ ...before, t: moment })
      void navigate({ search, replace: true, resetScroll: false })
    }
    const stop = player.subscribe(() => {
      if (player.frame === last) return
      last = player.frame
      if (player.isPlaying) timer ??= setTimeout(write, PLAYING_MS)
      else {
        clearTimeout(timer)
        timer = setTimeout(write, RESTING_MS)
      }
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [player, navigate])
}
