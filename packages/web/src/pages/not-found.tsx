import { Link } from "@tanstack/react-router"
import { useTitle } from "../components/title.tsx"
import "../components/notes.css"

export function NotFound() {
  useTitle("Not found")
  return (
    <div className="empty">
      <h1>Nothing here</h1>
      <p>
        There is no page at this address. A dataset’s page is <code>/owner/name</code>, or{" "}
        <code>/owner/name@commit</code> for one commit.
      </p>
      <Link to="/" className="button button-main">
        All datasets
      </Link>
    </div>
  )
}
