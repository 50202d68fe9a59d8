import { isWeb } from "../web-address.ts"
import { CopyText } from "./copy-text.tsx"
import { OutIcon } from "./icons.tsx"
import "./findings.css"

/** What to do about a finding, ready to be taken along, and where to read more. */
export function Advice({ fix, reference }: { fix: string | null; reference: string | null }) {
  if (fix === null && reference === null) return null
  return (
    <div className="advice">
      {fix !== null && (
        <p className="advice-fix">
          <span>
            <strong>What to do</strong> {fix}
          </span>
          <CopyText text={fix} name="what to do" />
        </p>
      )}
      {reference !== null && <Reference to={reference} />}
    </div>
  )
}

/** A link only to what a browser may fetch: a `javascript:` address would run here. */
const Reference = ({ to }: { to: string }) => (
  <p>
    <strong>Read more</strong>{" "}
    {isWeb(to) ? (
      <a href={to} rel="noopener noreferrer" target="_blank">
        {to.replace(/^https?:\/\//, "")} <OutIcon />
      </a>
    ) : (
      to
    )}
  </p>
)
