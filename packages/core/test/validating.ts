import type { Files } from "../src/files/files.ts"

/** As a validation is given a dataset: `files` of no repository there is. What differs is spread over it. */
export const contextOf = (files: Files) => ({
  repo_id: "acme/arm",
  revision: "0".repeat(40),
  files,
  card: { licence: null, tags: [] },
  signal: new AbortController().signal,
  progress() {},
})
