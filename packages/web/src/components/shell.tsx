import { Link, Outlet, useRouter } from "@tanstack/react-router"
import { useEffect } from "react"
import { HubInUse } from "./hub-in-use.tsx"
import { Mark } from "./icons.tsx"
import { KeyDialog } from "./key-dialog.tsx"
import { KeyInUse } from "./key-in-use.tsx"
import { ThemeToggle } from "./theme-toggle.tsx"
import "./shell.css"

/** What is around every page. */
export function Shell() {
  useFocusOnNavigation()
  return (
    <>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header className="head">
        <div className="head-inner">
          <Link to="/" className="brand">
            <Mark /> RoboKit
          </Link>
          <nav aria-label="Main" className="nav">
            <Link to="/" activeOptions={{ exact: true }}>
              Datasets
            </Link>
            <Link to="/import" activeOptions={{ includeSearch: false }}>
              Import
            </Link>
          </nav>
          <div className="head-end">
            <HubInUse />
            <KeyInUse />
            <ThemeToggle />
          </div>
        </div>
      </header>
      <main id="content" className="page" tabIndex={-1}>
        <Outlet />
      </main>
      <footer className="foot">
        <p>Every dataset is pinned to one commit and read over HTTP ranges. Nothing is downloaded whole.</p>
        <p>
          <Link to="/operator">Operator</Link> · <a href="/docs">API</a> · <a href="/openapi.json">OpenAPI</a>
        </p>
      </footer>
      <KeyDialog />
    </>
  )
}

/** A new page begins at its top for a keyboard and a screen reader too; what only changes the query keeps its place. */
function useFocusOnNavigation() {
  const router = useRouter()
  useEffect(
    () =>
      router.subscribe("onRendered", ({ pathChanged, fromLocation }) => {
        if (pathChanged && fromLocation) document.getElementById("content")?.focus({ preventScroll: true })
      }),
    [router],
  )
}
