import type { Plugin } from "esbuild"

/** zod brings its messages in 50 languages, 0.4 MB, which no bundler can leave out because `z` names them. We speak one. */
export const oneLanguage: Plugin = {
  name: "one language",
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: `export { default as en } from "./en.js"`,
    }))
  },
}
