import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router"
import { Shell } from "./components/shell.tsx"
import { readDatasetSearch } from "./dataset-address.ts"
import { readEpisodeSearch, readEpisodesSearch } from "./episode-search.ts"
import { readImportSearch } from "./import-search.ts"
import { readValidationSearch } from "./validation-search.ts"
import { Failed } from "./pages/failed.tsx"
import { NotFound } from "./pages/not-found.tsx"

const root = createRootRoute({ component: Shell, notFoundComponent: () => <NotFound />, errorComponent: Failed })

const dashboard = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/dashboard.tsx"), "Dashboard"),
})

const importWizard = createRoute({
  getParentRoute: () => root,
  path: "/import",
  validateSearch: readImportSearch,
  component: lazyRouteComponent(() => import("./pages/import.tsx"), "Import"),
})

const operator = createRoute({
  getParentRoute: () => root,
  path: "/operator",
  component: lazyRouteComponent(() => import("./pages/operator.tsx"), "Operator"),
})

/** `$ref` is `name` or `name@revision`; the page's canonical form has a 40-hex commit. */
const dataset = createRoute({
  getParentRoute: () => root,
  path: "/$owner/$ref",
  validateSearch: readDatasetSearch,
  component: lazyRouteComponent(() => import("./pages/dataset.tsx"), "DatasetPage"),
})

const job = createRoute({
  getParentRoute: () => root,
  path: "/$owner/$ref/jobs/$jobId",
  component: lazyRouteComponent(() => import("./pages/job.tsx"), "JobPage"),
})

const episodes = createRoute({
  getParentRoute: () => root,
  path: "/$owner/$ref/episodes",
  validateSearch: readEpisodesSearch,
  component: lazyRouteComponent(() => import("./pages/episodes.tsx"), "EpisodesPage"),
})

const episode = createRoute({
  getParentRoute: () => root,
  path: "/$owner/$ref/episodes/$episode",
  validateSearch: readEpisodeSearch,
  component: lazyRouteComponent(() => import("./pages/episode.tsx"), "EpisodePage"),
})

const validation = createRoute({
  getParentRoute: () => root,
  path: "/$owner/$ref/validation",
  validateSearch: readValidationSearch,
  component: lazyRouteComponent(() => import("./pages/validation.tsx"), "ValidationPage"),
})

/** Behind it a revision of the same repository, or `owner/name[@revision]` of another; nothing: it is chosen on the page. */
const compare = createRoute({
  getParentRoute: () => root,
  path: "/$owner/$ref/compare/$",
  validateSearch: readDatasetSearch,
  component: lazyRouteComponent(() => import("./pages/compare.tsx"), "ComparePage"),
})

export const router = createRouter({
  routeTree: root.addChildren([
    dashboard,
    importWizard,
    operator,
    dataset,
    job,
    episodes,
    episode,
    validation,
    compare,
  ]),
  defaultPreload: "intent",
  defaultErrorComponent: Failed,
  defaultNotFoundComponent: () => <NotFound />,
  scrollRestoration: true,
  // Addresses are written down and shared: `owner/name@sha`, not `owner/name%40sha`.
  pathParamsAllowedCharacters: ["@"],
})

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router
  }
}
