import type { ErrorComponentProps } from "@tanstack/react-router"
import { ErrorNote } from "../components/error-note.tsx"
import { useTitle } from "../components/title.tsx"

/** Stands in for a page that broke: its code did not load, or has a mistake. */
export function Failed({ error }: ErrorComponentProps) {
  useTitle("Something broke")
  return (
    <div className="stack">
      <h1>This page broke</h1>
      <ErrorNote error={error} title="It could not be shown" onRetry={() => location.reload()} />
    </div>
  )
}
