import { useEffect, useRef } from "react"
import "./confirm.css"
import "./keyboard-help.css"

const KEYS: [keys: string[], what: string][] = [
  [["Space"], "play, pause"],
  [["←", "→"], "one frame back, on"],
  [["Shift ←", "Shift →"], "one second back, on"],
  [["Home", "End"], "first, last frame"],
  [["[", "]"], "previous, next episode"],
  [["?"], "this list"],
]

/** What the keys do on the page of an episode. */
export function KeyboardHelp({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} className="confirm" aria-labelledby="keys-title" onClose={onClose}>
      <h2 id="keys-title">Keyboard</h2>
      <dl className="keys">
        {KEYS.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p className="small soft">In a chart, drag to look closer and click to go to a moment.</p>
      <div className="row confirm-actions">
        <button type="button" className="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  )
}
