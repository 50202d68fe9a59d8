import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { hubQuery } from "../api/hub.ts"
import "./notes.css"

const SAMPLE = "observabot/so101_die_mat4"

/** The first thing a new RoboKit shows. */
export function NothingYet() {
  const { data: hub } = useQuery(hubQuery)
  return (
    <div className="empty">
      <h2>Nothing imported yet</h2>
      <p>
        Paste <code>owner/name</code> or a dataset’s address above. RoboKit pins it to its commit and reads what it
        holds: episodes, cameras, joints, tasks. Usually within seconds, and without downloading it.
      </p>
      <div className="row">
        {hub?.is_sample && (
          <Link to="/import" search={{ dataset: SAMPLE }} className="button button-main">
            Try {SAMPLE}
          </Link>
        )}
        <Link to="/import" className={hub?.is_sample ? "button" : "button button-main"}>
          Search the Hub
        </Link>
      </div>
    </div>
  )
}
