import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"
import { budget } from "./budget.ts"

/** Where `npm run dev` of the portal alone finds the API. */
const API = process.env.ROBOKIT_API ?? "http://127.0.0.1:3000"

export default defineConfig({
  plugins: [
    react(),
    budget({
      maxBytes: 150_000,
      pages: ["compare", "dashboard", "dataset", "episode", "episodes", "job", "operator", "validation"].map(
        (page) => `src/pages/${page}.tsx`,
      ),
      lazyOnly: ["@rjsf/", "/uplot/"],
    }),
  ],
  build: {
    target: ["chrome125", "edge125", "firefox128", "safari18"],
    // The content security policy has no `data:` for styles or scripts, and an inlined asset saves nothing here.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": API, "/openapi.json": API, "/docs": API } },
})
