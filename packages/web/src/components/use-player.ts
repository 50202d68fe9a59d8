import { useSyncExternalStore } from "react"
import type { Player } from "../playback/player.ts"

/** Something simple about a player (a number, a word), as it changes. */
export const usePlayer = <T extends string | number | boolean | null>(player: Player, of: (player: Player) => T): T =>
  useSyncExternalStore(player.subscribe, () => of(player))
