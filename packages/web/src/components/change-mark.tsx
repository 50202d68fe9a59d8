import { ToIcon } from "./icons.tsx"
import "./compare.css"

const MARKS = { added: ["+", "New"], removed: ["−", "Gone"], changed: ["~", "Changed"] } as const

/** A sign as well as a colour; the word is there for who sees neither. */
export function ChangeMark({ change }: { change: keyof typeof MARKS }) {
  const [sign, word] = MARKS[change]
  return (
    <>
      <span className={`change change-${change}`} aria-hidden="true">
        {sign}
      </span>
      <span className="visually-hidden">{word}: </span>
    </>
  )
}

/** What it was and what it is; once, where that is the same. */
export const Changed = ({ from, to }: { from: string; to: string }) =>
  from === to ? (
    to
  ) : (
    <>
      {from} <ToIcon />
      <span className="visually-hidden">to</span> {to}
    </>
  )
