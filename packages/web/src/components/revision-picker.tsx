import { useInfiniteQuery } from "@tanstack/react-query"
import { type ReactNode, useState } from "react"
import { revisionsQuery } from "../api/hub.ts"
import { shortSha } from "../formatting.ts"
import { Ago } from "./ago.tsx"
import { ErrorNote } from "./error-note.tsx"
import { Loading } from "./loading.tsx"

interface Props {
  repoId: string
  chosen: string
  onChoose: (revision: string) => void
}

/** Branches, tags and commits to choose from, and a field for any other. */
export function RevisionPicker({ repoId, chosen, onChoose }: Props) {
  const [owner = "", name = ""] = repoId.split("/")
  const revisions = useInfiniteQuery(revisionsQuery(owner, name))
  const pages = revisions.data?.pages ?? []
  const branches = pages[0]?.branches ?? []
  const tags = pages[0]?.tags ?? []
  const commits = pages.flatMap((page) => page.commits)
  const isListed =
    [...branches, ...tags].some((each) => each.name === chosen) || commits.some((each) => each.id === chosen)

  return (
    <fieldset>
      <legend className="field picker-search">Revision</legend>
      {revisions.isPending && <Loading what="branches, tags and commits" />}
      {revisions.error && (
        <ErrorNote
          error={revisions.error}
          title="Its revisions could not be listed"
          onRetry={() => void revisions.refetch()}
        />
      )}
      {revisions.data && (
        <div className="picker-list" tabIndex={0} role="group" aria-label="Revisions">
          {!isListed && (
            <Group title="Asked for">
              <Item value={chosen} chosen={chosen} onChoose={onChoose} label={<code>{chosen}</code>} />
            </Group>
          )}
          {branches.length > 0 && (
            <Group title="Branches">
              {branches.map((branch) => (
                <Item
                  key={branch.name}
                  value={branch.name}
                  chosen={chosen}
                  onChoose={onChoose}
                  label={branch.name}
                  end={<code className="soft">{shortSha(branch.commit)}</code>}
                />
              ))}
            </Group>
          )}
          {tags.length > 0 && (
            <Group title="Tags">
              {tags.map((tag) => (
                <Item
                  key={tag.name}
                  value={tag.name}
                  chosen={chosen}
                  onChoose={onChoose}
                  label={tag.name}
                  end={<code className="soft">{shortSha(tag.commit)}</code>}
                />
              ))}
            </Group>
          )}
          {commits.length > 0 && (
            <Group title="Commits">
              {commits.map((commit) => (
                <Item
                  key={commit.id}
                  value={commit.id}
                  chosen={chosen}
                  onChoose={onChoose}
                  label={
                    <>
                      <code>{shortSha(commit.id)}</code> {commit.title}
                    </>
                  }
                  end={
                    <span className="soft">
                      <Ago at={commit.date} />
                    </span>
                  }
                />
              ))}
            </Group>
          )}
          {revisions.hasNextPage && (
            <div className="picker-more">
              <button
                type="button"
                className="button button-small"
                disabled={revisions.isFetchingNextPage}
                onClick={() => void revisions.fetchNextPage()}
              >
                {revisions.isFetchingNextPage ? "Loading…" : "Load more commits"}
              </button>
            </div>
          )}
        </div>
      )}
      <Other onChoose={onChoose} />
    </fieldset>
  )
}

const Group = ({ title, children }: { title: string; children: ReactNode }) => (
  <div role="group" aria-label={title}>
    <p className="picker-group">{title}</p>
    {children}
  </div>
)

interface ItemProps {
  value: string
  chosen: string
  onChoose: (revision: string) => void
  label: ReactNode
  end?: ReactNode
}

const Item = ({ value, chosen, onChoose, label, end }: ItemProps) => (
  <label className="picker-item">
    <input type="radio" name="revision" value={value} checked={chosen === value} onChange={() => onChoose(value)} />
    <span>{label}</span>
    <span>{end}</span>
  </label>
)

function Other({ onChoose }: { onChoose: (revision: string) => void }) {
  const [text, setText] = useState("")
  return (
    <div className="row picker-other">
      <input
        aria-label="Another revision"
        placeholder="another branch, tag or commit"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && text.trim() !== "" && onChoose(text.trim())}
      />
      <button
        type="button"
        className="button button-small"
        disabled={text.trim() === ""}
        onClick={() => onChoose(text.trim())}
      >
        Use
      </button>
    </div>
  )
}
