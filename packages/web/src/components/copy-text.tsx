import { useEffect, useState } from "react"
import { CheckIcon, CopyIcon } from "./icons.tsx"
import "./commit.css"

const SAID_MS = 2000

/** A button that takes a text along. @param name what the text is, for who does not see it beside the button. */
export function CopyText({ text, name }: { text: string; name: string }) {
  const [said, setSaid] = useState("")
  useEffect(() => {
    if (said === "") return
    const timer = setTimeout(() => setSaid(""), SAID_MS)
    return () => clearTimeout(timer)
  }, [said])
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setSaid("Copied")
    } catch {
      // No https, or refused: the text stands beside the button, to be selected.
      setSaid("It cannot be copied from here")
    }
  }
  return (
    <span className="copy-text">
      <button type="button" className="commit-copy" onClick={copy} aria-label={`Copy ${name}`}>
        {said === "Copied" ? <CheckIcon /> : <CopyIcon />}
      </button>
      <span className={said === "" || said === "Copied" ? "visually-hidden" : "small soft"} role="status">
        {said}
      </span>
    </span>
  )
}
