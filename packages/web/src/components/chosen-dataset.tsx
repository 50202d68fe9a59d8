import type { Create } from "@robokit/core/dataset/schema"
import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { cardQuery, hubQuery } from "../api/hub.ts"
import { hubAddress, isSha } from "../dataset-address.ts"
import { formatCompact, shortSha } from "../formatting.ts"
import type { ImportSearch } from "../import-search.ts"
import { Ago } from "./ago.tsx"
import { CardChips } from "./card-chips.tsx"
import { OutIcon } from "./icons.tsx"
import { ImportRun } from "./import-run.tsx"
import { RepoName } from "./repo-name.tsx"
import { RevisionPicker } from "./revision-picker.tsx"
import "./hub-search.css"
import "./notes.css"

const FORMATS: Record<Create["format_type"], string> = {
  auto: "Found out by itself",
  lerobot: "LeRobot",
  rosbag: "ROS bag",
  hdf5: "HDF5",
  parquet: "Parquet",
  custom: "Other files",
}

interface Props {
  repoId: string
  revision: string | null
  search: ImportSearch
}

/** The last step of the wizard: what it is, which revision, go. */
export function ChosenDataset({ repoId, revision, search }: Props) {
  const navigate = useNavigate({ from: "/import" })
  const [format, setFormat] = useState<Create["format_type"]>("auto")
  const { dataset: _dataset, revision: _revision, ...back } = search
  const chosen = revision ?? "main"
  return (
    <>
      <Link to="/import" search={back} className="small">
        Back to the search
      </Link>
      <h1>
        <RepoName name={repoId} />
      </h1>
      <div className="chosen">
        <Card repoId={repoId} />
        <div className="panel chosen-import">
          <h2>Import</h2>
          <RevisionPicker
            repoId={repoId}
            chosen={chosen}
            onChoose={(next) => void navigate({ search: (before) => ({ ...before, revision: next }), replace: true })}
          />
          <label className="field">
            Format
            <select value={format} onChange={(event) => setFormat(event.target.value as Create["format_type"])}>
              {Object.entries(FORMATS).map(([name, title]) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </select>
          </label>
          <p className="small soft">
            Imports <code>{isSha(chosen) ? shortSha(chosen) : chosen}</code>
            {isSha(chosen) ? "." : ", pinned to the commit it points to now."}
          </p>
          <ImportRun key={`${chosen} ${format}`} repoId={repoId} revision={chosen} format={format} />
        </div>
      </div>
    </>
  )
}

function Card({ repoId }: { repoId: string }) {
  const { data: hit, error, isPending } = useQuery(cardQuery(repoId))
  const { data: hub } = useQuery(hubQuery)
  return (
    <section className="chosen-card" aria-label="Dataset card">
      {isPending && <p className="soft">Looking for its card…</p>}
      {error && <p className="soft">Its card could not be read: {error.message} It can be imported all the same.</p>}
      {hit === null && (
        <p className="soft">
          The Hub’s search does not list this dataset: it may be private, gated, brand new, or not exist. The import
          will say.
        </p>
      )}
      {hit && (
        <>
          <p className="chosen-about">{hit.description ?? <span className="soft">It has no description.</span>}</p>
          <p className="hit-numbers">
            <span>{formatCompact(hit.downloads)} downloads</span>
            <span>{formatCompact(hit.likes)} likes</span>
            <span>
              changed <Ago at={hit.last_modified} />
            </span>
          </p>
          <CardChips hit={hit} tagsShown={30} />
          {hit.gated && (
            <p className="note note-warn">
              Gated: its author lets people in one by one. RoboKit needs a token of somebody who was let in.
            </p>
          )}
        </>
      )}
      {hub && !hub.is_sample && (
        <p>
          <a href={hubAddress(hub.endpoint, repoId, "main", false)} target="_blank" rel="noopener noreferrer">
            See it on the Hub <OutIcon />
          </a>
        </p>
      )}
    </section>
  )
}
