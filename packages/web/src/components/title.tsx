import { useEffect } from "react"

/** The page's own name, also in the tab. */
export function useTitle(title: string) {
  useEffect(() => {
    document.title = title === "" ? "RoboKit" : `${title} · RoboKit`
  }, [title])
}
