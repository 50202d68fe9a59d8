import type { FormatAdapter } from "../adapter.ts"

/** The last resort: any repository can be listed, and its csv and jsonl columns told. */
export const custom: FormatAdapter = {
  id: "custom",
  title: "Custom",

  async recognise({ first, complete }) {
    const count = complete ? `${first.length}` : `more than ${first.length}`
    return {
      recognised: true,
      supported: true,
      version: null,
      reason: `Any repository can be listed by kind of file; this one has ${count} files.`,
    }
  },

  extract: async (ctx) => (await import("./extract.ts")).extract(ctx),
}
