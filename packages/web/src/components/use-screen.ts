import { useEffect, useState, useSyncExternalStore } from "react"

const narrow = "(max-width: 48rem)"

/** A phone's width; the style sheets have the same limit. */
export const useIsNarrow = () =>
  useSyncExternalStore(
    (onChange) => {
      const media = matchMedia(narrow)
      media.addEventListener("change", onChange)
      return () => media.removeEventListener("change", onChange)
    },
    () => matchMedia(narrow).matches,
  )

/** A pair of numbers once it has not changed for so long; the first at once. */
export function useSettled(value: readonly [number, number], ms: number): readonly [number, number] {
  const [settled, setSettled] = useState(value)
  const [from, to] = value
  useEffect(() => {
    const timer = setTimeout(() => setSettled([from, to]), ms)
    return () => clearTimeout(timer)
  }, [from, to, ms])
  return settled
}
