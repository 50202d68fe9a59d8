import { useQuery } from "@tanstack/react-query"
import { hubQuery } from "../api/hub.ts"
import "./hub-in-use.css"

/** Names the Hub that everything is read from, and says how to read another. */
export function HubInUse() {
  const { data: hub, error } = useQuery(hubQuery)
  if (error) return <span className="small soft">Hub unknown</span>
  if (!hub) return null
  return (
    <details className="hub">
      <summary>
        <span className="hub-dot" aria-hidden="true" />
        <span className="visually-hidden">Hub in use: </span>
        {hub.name}
      </summary>
      <div className="hub-about panel stack">
        <p>
          Everything is read from <code>{hub.endpoint}</code>.
        </p>
        {hub.is_sample ? (
          <p className="soft">
            It runs on this machine and holds a few example datasets. To use the Hugging Face Hub, start RoboKit with
          </p>
        ) : (
          <p className="soft">To use another Hub, start RoboKit with its address, for example</p>
        )}
        <pre className="hub-how">
          {hub.is_sample ? "HF_ENDPOINT=https://huggingface.co" : "HF_ENDPOINT=https://hub.example.org"}
        </pre>
      </div>
    </details>
  )
}
