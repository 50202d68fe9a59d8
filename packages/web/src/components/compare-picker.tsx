import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate } from "@tanstack/react-router"
import { type FormEvent, useState } from "react"
import { byRepoQuery } from "../api/datasets.ts"
import { comparedAddress } from "../compare-address.ts"
import { shortSha } from "../formatting.ts"
import { parseReference } from "../reference.ts"
import { Ago } from "./ago.tsx"
import { addressOf } from "./dataset-link.tsx"
import { ErrorNote } from "./error-note.tsx"
import "./compare.css"

interface Props {
  dataset: DatasetInfo
  isOpen: boolean
}

/** What there is to compare with: other imports of the repository, and any other dataset by its name. */
export function ComparePicker({ dataset, isOpen }: Props) {
  const { source } = dataset
  const { data: siblings, error, refetch } = useQuery(byRepoQuery(source.repo_id))
  const others = siblings?.filter((each) => each.source.revision !== source.revision) ?? []
  return (
    <details className="panel compare-picker" open={isOpen}>
      <summary>{isOpen ? "Compare with" : "Compare with another"}</summary>
      {error && (
        <ErrorNote error={error} title="The other imports could not be listed" onRetry={() => void refetch()} />
      )}
      {siblings && others.length === 0 && (
        <p className="soft">
          No other commit of this repository is imported.{" "}
          <Link to="/import" search={{ dataset: source.repo_id }}>
            Import one
          </Link>
        </p>
      )}
      {others.length > 0 && (
        <ul aria-label="Other commits of this repository">
          {others.map((each) => (
            <li key={each.id} className="row">
              <Link
                to="/$owner/$ref/compare/$"
                params={{ ...addressOf(source), _splat: comparedAddress(each.source, source.repo_id) }}
              >
                <code>{shortSha(each.source.revision)}</code>
              </Link>
              {each.source.requested_revision !== each.source.revision && <span>{each.source.requested_revision}</span>}
              <span className="chip">
                {each.format_type} {each.dataset_metadata?.format_version}
              </span>
              <span className="small soft">
                imported <Ago at={each.created_at} />
              </span>
            </li>
          ))}
        </ul>
      )}
      <ByName dataset={dataset} />
    </details>
  )
}

function ByName({ dataset: { source } }: { dataset: DatasetInfo }) {
  const [text, setText] = useState("")
  const [refusal, setRefusal] = useState("")
  const navigate = useNavigate()
  const go = (event: FormEvent) => {
    event.preventDefault()
    const reference = parseReference(text)
    if (reference.kind !== "dataset") {
      setRefusal(
        reference.kind === "refused" ? reference.reason : "A dataset is named owner/name or owner/name@revision.",
      )
      return
    }
    const { repo_id, revision } = reference
    const _splat = revision === null ? repo_id : `${repo_id}@${revision}`
    void navigate({ to: "/$owner/$ref/compare/$", params: { ...addressOf(source), _splat } })
  }
  return (
    <form onSubmit={go}>
      <div className="row">
        <input
          aria-label="Another dataset"
          placeholder="owner/name@revision of another dataset"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            setRefusal("")
          }}
        />
        <button type="submit" className="button" disabled={text.trim() === ""}>
          Compare
        </button>
      </div>
      <p className="small compare-refusal" role="alert">
        {refusal}
      </p>
    </form>
  )
}
