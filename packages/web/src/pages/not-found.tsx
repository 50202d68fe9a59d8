import { Link } from "@tanstack/react-router"
import { useTitle } from "../components/title.tsx"
import "../components/notes.css"

/** @param what what was looked for and is not there; any page when absent. */
export function NotFound({ what }: { what?: string }) {
  useTitle("Not found")
  return (
    <div className="empty">
      <h1>Nothing here</h1>
      <p>
        {what === undefined ? "There is no page at this address." : `There is no ${what}.`} A dataset’s page is{" "}
        <code>/owner/name</code>, or <code>/owner/name@commit</code> for one commit.
      </p>
      <Link to="/" className="button button-main">
        All datasets
      </Link>
    </div>
  )
}
