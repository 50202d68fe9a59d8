import { useQueryClient } from "@tanstack/react-query"
import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react"
import { operatorKey, type Question, subscribe, type Why } from "../api/operator-key.ts"
import "./confirm.css"
import "./key-dialog.css"

/** Asks for the operator's key whenever something needs it. What is shown then follows what the key opens. */
export function KeyDialog() {
  const { key, question } = useSyncExternalStore(subscribe, operatorKey)
  const queryClient = useQueryClient()
  const known = useRef(key)
  useEffect(() => {
    if (known.current === key) return
    known.current = key
    // Without the key, what only it showed goes at once; with it, what is on the page stays until there is more.
    if (key === null) void queryClient.resetQueries()
    else void queryClient.invalidateQueries()
  }, [key, queryClient])
  return question && <Asking question={question} />
}

const REASONS: Record<Exclude<Why, object>, string | null> = {
  needed: null,
  changed: "The key that was used so far is not accepted any more.",
  wrong: "This is not the key.",
  unreachable: "The server could not be asked about it. Try again.",
}

const reasonOf = (why: Why) =>
  typeof why === "string"
    ? REASONS[why]
    : `Too many wrong keys came from here. The next one is looked at in ${why.wait_s} seconds.`

function Asking({ question }: { question: Question }) {
  const { why, isChecking, answer } = question
  const dialog = useRef<HTMLDialogElement>(null)
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState("")
  const reason = reasonOf(why)
  // Closed before it leaves the page, so that the browser gives the focus back to where it was.
  useLayoutEffect(() => {
    const element = dialog.current
    return () => element?.close()
  }, [])
  useEffect(() => {
    // Escape may have closed it while the server was asked.
    if (!dialog.current?.open) dialog.current?.showModal()
    if (!isChecking) input.current?.select()
  }, [question, isChecking])

  const onClose = () => {
    // Shown again already: not the user's doing.
    if (!dialog.current?.open) answer(null)
  }

  return (
    <dialog ref={dialog} className="confirm" aria-labelledby="key-title" onClose={onClose}>
      <form
        className="key-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (text.trim() !== "" && !isChecking) answer(text)
        }}
      >
        <h2 id="key-title">The operator’s key is needed</h2>
        <p id="key-about" className="soft">
          Everybody may search and read here. Importing, starting jobs and deleting need the key that was set when this
          RoboKit was deployed. It is kept in this tab until you close it.
        </p>
        <label className="field">
          Operator’s key
          <input
            ref={input}
            type="password"
            name="operator-key"
            autoComplete="current-password"
            autoFocus
            spellCheck={false}
            value={text}
            readOnly={isChecking}
            aria-invalid={reason !== null && !isChecking}
            aria-describedby="key-about"
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        {reason !== null && !isChecking && (
          <p className="key-reason" role="alert">
            {reason}
          </p>
        )}
        <div className="row confirm-actions">
          <button type="button" className="button" disabled={isChecking} onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" className="button button-main" disabled={isChecking || text.trim() === ""}>
            {isChecking ? "Checking…" : "Use it"}
          </button>
        </div>
      </form>
    </dialog>
  )
}
