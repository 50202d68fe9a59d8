import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { hubQuery } from "../api/hub.ts"
import { hubAddress } from "../dataset-address.ts"
import { formatBytes, formatCount, formatShare } from "../formatting.ts"
import { Ago } from "./ago.tsx"
import { OutIcon } from "./icons.tsx"
import { Known } from "./known.tsx"
import "./dataset-source.css"

const TAGS_SHOWN = 24

/** Where it comes from, under what licence, and what reading it took. */
export function DatasetSource({ dataset }: { dataset: DatasetInfo }) {
  const { source, dataset_metadata: metadata, format_reason } = dataset
  const { data: hub } = useQuery(hubQuery)
  // A card may say a tag twice.
  const tags = [...new Set(metadata?.tags)]
  return (
    <aside className="source panel" aria-label="Source">
      <dl>
        <Fact name="Commit">
          {hub ? (
            <a
              href={hubAddress(hub.endpoint, source.repo_id, source.revision, hub.is_sample)}
              rel="noopener noreferrer"
              target="_blank"
            >
              {hub.is_sample ? "Its files on the sample Hub" : "See it on the Hub"} <OutIcon />
            </a>
          ) : (
            <code>{source.revision}</code>
          )}
        </Fact>
        <Fact name="Imported">
          <Ago at={dataset.created_at} />
        </Fact>
        {metadata && (
          <Fact name="Licence">
            <Known value={metadata.licence} as={String} />
          </Fact>
        )}
        {format_reason && <Fact name="Why this format">{format_reason}</Fact>}
        {metadata && <Read metadata={metadata} />}
        {tags.length > 0 && (
          <Fact name="Tags">
            <span className="source-tags">
              {tags.slice(0, TAGS_SHOWN).map((tag, index) => (
                <span key={index} className="chip">
                  {tag}
                </span>
              ))}
              {tags.length > TAGS_SHOWN && (
                <span className="small soft">and {formatCount(tags.length - TAGS_SHOWN)} more</span>
              )}
            </span>
          </Fact>
        )}
      </dl>
    </aside>
  )
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

function Read({ metadata }: { metadata: NonNullable<DatasetInfo["dataset_metadata"]> }) {
  const { read, files } = metadata
  // What is read twice counts twice, so of a small repository there may be more read than there is.
  const share = files.bytes === null || read.bytes > files.bytes ? null : formatShare(read.bytes, files.bytes)
  return (
    <Fact name="Read for this page">
      <strong>{formatBytes(read.bytes)}</strong> in {formatCount(read.requests)} requests, from{" "}
      {formatCount(read.files)} {read.files === 1 ? "file" : "files"}
      {share !== null && files.bytes !== null && (
        <span className="soft">
          : {share} of the repository’s {formatBytes(files.bytes)}
        </span>
      )}
    </Fact>
  )
}
