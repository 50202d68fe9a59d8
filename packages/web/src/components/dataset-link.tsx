import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"

type Source = Pick<DatasetInfo["source"], "repo_id" | "revision">

/** The parts of a dataset's canonical address. */
export function addressOf({ repo_id, revision }: Source) {
  const slash = repo_id.indexOf("/")
  return { owner: repo_id.slice(0, slash), ref: `${repo_id.slice(slash + 1)}@${revision}` }
}

export const DatasetLink = ({
  source,
  children,
  className,
  format,
}: {
  source: Source
  /** Where the commit was imported as more than one format. */
  format?: string | undefined
  children: ReactNode
  className?: string
}) => (
  <Link
    to="/$owner/$ref"
    params={addressOf(source)}
    search={format === undefined ? {} : { format }}
    className={className}
  >
    {children}
  </Link>
)
