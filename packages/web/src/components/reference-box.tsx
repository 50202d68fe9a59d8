import { useQuery } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { type FormEvent, useId, useState } from "react"
import { hubQuery } from "../api/hub.ts"
import { parseReference } from "../reference.ts"
import "./reference-box.css"

/** Takes a Hub address or `owner/name[@revision]` straight to its import, and anything else to the search. */
export function ReferenceBox({ autoFocus = false }: { autoFocus?: boolean }) {
  const { data: hub } = useQuery(hubQuery)
  const navigate = useNavigate()
  const [text, setText] = useState("")
  const [refusal, setRefusal] = useState<string | null>(null)
  const id = useId()

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (text.trim() === "") return void navigate({ to: "/import" })
    const reference = parseReference(text, hub?.endpoint)
    if (reference.kind === "refused") return setRefusal(reference.reason)
    if (reference.kind === "words") return void navigate({ to: "/import", search: { q: reference.words } })
    const { repo_id, revision } = reference
    void navigate({ to: "/import", search: { dataset: repo_id, ...(revision !== null && { revision }) } })
  }

  return (
    <form className="reference" onSubmit={submit} role="search" aria-label="Import a dataset">
      <label htmlFor={id} className="visually-hidden">
        Dataset: owner/name, owner/name@revision, or its address on the Hub
      </label>
      <input
        id={id}
        value={text}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- only where it is the one thing to do on the page
        autoFocus={autoFocus}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        placeholder="owner/name, owner/name@revision or a Hub URL"
        aria-invalid={refusal !== null}
        aria-describedby={refusal === null ? undefined : `${id}-refusal`}
        onChange={(event) => {
          setText(event.target.value)
          setRefusal(null)
        }}
      />
      <button type="submit" className="button button-main">
        Import
      </button>
      {refusal !== null && (
        <p id={`${id}-refusal`} className="reference-refusal" role="alert">
          {refusal}
        </p>
      )}
    </form>
  )
}
