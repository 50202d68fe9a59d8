import { Fragment } from "react"

/** A name that breaks, where it has to, after its slash and underscores, not inside a word. */
export const RepoName = ({ name }: { name: string }) => (
  <>
    {name.split(/(?<=[/_])/).map((part, index) => (
      <Fragment key={index}>
        {part}
        <wbr />
      </Fragment>
    ))}
  </>
)
