import { useState } from "react"
import { shortSha } from "../formatting.ts"
import { CheckIcon, CopyIcon } from "./icons.tsx"
import "./commit.css"

/** A commit's first digits, with a way to take all forty along. */
export function Commit({ sha }: { sha: string }) {
  const [copied, setCopied] = useState<boolean | null>(null)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(sha)
      setCopied(true)
    } catch {
      // Not allowed here (no https, or refused): then all digits are shown, to be selected.
      setCopied(false)
    }
  }
  return (
    <span className="commit">
      <code title={sha}>{copied === false ? sha : shortSha(sha)}</code>
      <button type="button" className="commit-copy" onClick={copy} aria-label={`Copy the commit ${sha}`}>
        {copied ? <CheckIcon /> : <CopyIcon />}
      </button>
      <span className="visually-hidden" role="status">
        {copied ? "Copied" : ""}
      </span>
    </span>
  )
}
