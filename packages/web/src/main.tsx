import { QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { RouterProvider } from "@tanstack/react-router"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { mayPass } from "./api/polling.ts"
import { router } from "./routes.tsx"
import "./styles/tokens.css"
import "./styles/base.css"

const client = new QueryClient({
  defaultOptions: {
    // `refetchIntervalInBackground` stays off: a hidden tab asks nothing, and is up to date again when it is looked at.
    queries: { retry: mayPass, staleTime: 1000, refetchIntervalInBackground: false, networkMode: "always" },
    mutations: { networkMode: "always" },
  },
})

const root = document.getElementById("root")
if (!root) throw new Error("index.html has lost its #root.")
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
